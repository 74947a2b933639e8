/**
 * Moves data between logical units, in pieces, so that nobody waits long for a large copy. Each piece is kept apart from
 * commands that must not be interrupted, and whether the units may still be used is looked at anew for each.
 *
 * @module
 */

import { mustFlush, readBytes, scratchSize } from "../blocks.ts";
import { denial } from "../conflicts.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import type { Nexus } from "../nexus.ts";
import { CommandNotes } from "../notes.ts";
import { exclusively } from "../range_lock.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import { reservationConflict, StatusError } from "../status.ts";
import { isForeseen } from "../store_errors.ts";
import type { Segment } from "./segments.ts";

/** Bytes that are zeroed at once. */
const zeroedAtOnce = 0x400_0000;

/** Whether to go on; told how far a copy is. */
export interface Progress {
  readonly aborted: boolean;
  moved(bytes: number): void;
}

/** Checks that a nexus may read a unit now (SPC-5). Throws what keeps it from that. */
export function checkSource(unit: LogicalUnit, nexus: Nexus): void {
  checkReady(unit);
  if ((unit.nexus(nexus).denied & denial.reads) !== 0) throw reservationConflict();
}

/** Checks that a nexus may write a unit now (SPC-5). Throws what keeps it from that. */
export function checkDestination(unit: LogicalUnit, nexus: Nexus): void {
  const { denied, readOnly } = unit.nexus(nexus);
  checkReady(unit);
  if ((denied & denial.writes) !== 0) throw reservationConflict();
  if (unit.writeProtected) throw new ScsiError(unit.writeProtection);
  if (readOnly) throw new ScsiError(sense.writeProtected);
}

function checkReady({ operation, notReady }: LogicalUnit): void {
  if (operation !== undefined) throw operation.state;
  if (notReady !== undefined) throw new ScsiError(notReady);
}

/**
 * What a failure of one of the units is to the copy: THIRD PARTY DEVICE FAILURE (SPC-5). Reservation conflicts
 * stay what they are, as initiators of clusters expect, and so do faults of the program.
 */
export function thirdPartyFailure(error: unknown): unknown {
  if (error instanceof StatusError || !isForeseen(error)) return error;
  return new ScsiError(sense.thirdPartyDeviceFailure);
}

/**
 * Copies one segment. Where the ranges overlap, the destination gets what the source held before (SPC-5). Failures
 * of the source are THIRD PARTY DEVICE FAILURE, those of the destination are what they are.
 */
export async function copySegment(segment: Segment, nexus: Nexus, progress: Progress): Promise<void> {
  const { source, destination, from, to, length } = segment;
  const buffer = new Uint8Array(Math.min(length, scratchSize));
  const backwards = source === destination && from < to && to < from + length;
  for (let done = 0; done < length; done += buffer.length) {
    const size = Math.min(buffer.length, length - done);
    const at = backwards ? length - done - size : done;
    const piece = buffer.subarray(0, size);
    await alone(source, from + at, size, progress, () => readPiece(segment, nexus, piece, from + at));
    if (progress.aborted) return;
    // Whoever comes behind what formats or sanitizes the medium must not go on afterwards.
    checkDestination(destination, nexus);
    await alone(destination, to + at, size, progress, () => {
      checkDestination(destination, nexus);
      destination.tokens.changed(to + at, size, destination.clock());
      return destination.store.write(piece, to + at);
    });
    if (progress.aborted) return;
    progress.moved(size);
    await destination.breathe();
  }
  if (mustFlush(destination, false)) await destination.store.flush();
}

async function readPiece({ source, check }: Segment, nexus: Nexus, piece: Uint8Array, at: number): Promise<void> {
  try {
    checkSource(source, nexus);
    await readBytes(source.store, piece, at);
  } catch (error) {
    throw thirdPartyFailure(error);
  }
  check?.();
}

/** Writes zeros. */
export async function zeroRange(
  unit: LogicalUnit,
  { at, length }: { readonly at: number; readonly length: number },
  nexus: Nexus,
  progress: Progress,
): Promise<void> {
  for (let done = 0; done < length && !progress.aborted;) {
    const start = at + done;
    const size = Math.min(length - done, zeroedAtOnce);
    checkDestination(unit, nexus);
    await alone(unit, start, size, progress, () => {
      checkDestination(unit, nexus);
      unit.tokens.changed(start, size, unit.clock());
      return unit.thin ? unit.store.unmap(start, size) : unit.store.zero(start, size);
    });
    if (progress.aborted) return;
    progress.moved(size);
    done += size;
    await unit.breathe();
  }
  if (mustFlush(unit, false)) await unit.store.flush();
}

/** Acts while no command that concerns the range runs; not at all when the copy is aborted before. */
export function alone(
  unit: LogicalUnit,
  at: number,
  length: number,
  progress: Pick<Progress, "aborted">,
  act: () => void | Promise<void>,
): Promise<void> {
  const range = new CommandNotes();
  range.at = at;
  range.length = length;
  return exclusively(unit.ranges, range, progress, act);
}
