/**
 * Moves data between logical units, in pieces, so that nobody waits long for a large copy.
 *
 * @module
 */

import { mustFlush, scratchSize } from "../blocks.ts";
import { denial } from "../conflicts.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import type { Nexus } from "../nexus.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import { reservationConflict } from "../status.ts";
import type { Segment } from "./segments.ts";

/** Whether to go on; told how far a copy is. */
export interface Progress {
  readonly aborted: boolean;
  moved(bytes: number): void;
}

/** Checks that a nexus may read one unit and write the other (SPC-4 §5.17.3). Throws what the command ends with. */
export function checkCopy(source: LogicalUnit | undefined, destination: LogicalUnit | undefined, nexus: Nexus): void {
  if (source !== undefined) {
    if (source.notReady !== undefined) throw new ScsiError(source.notReady);
    if ((source.nexus(nexus).denied & denial.reads) !== 0) throw reservationConflict();
  }
  if (destination !== undefined) {
    const state = destination.nexus(nexus);
    if (destination.notReady !== undefined) throw new ScsiError(destination.notReady);
    if ((state.denied & denial.writes) !== 0) throw reservationConflict();
    if (destination.writeProtected || state.readOnly) throw new ScsiError(sense.writeProtected);
  }
}

/** Copies one segment. Where the ranges overlap, the destination gets what the source held before (SPC-4 §6.4.6.4). */
export async function copySegment(segment: Segment, progress: Progress): Promise<void> {
  const { source, destination, from, to, length } = segment;
  const buffer = new Uint8Array(Math.min(length, scratchSize));
  const backwards = source === destination && from < to && to < from + length;
  for (let done = 0; done < length && !progress.aborted; done += buffer.length) {
    const size = Math.min(buffer.length, length - done);
    const at = backwards ? length - done - size : done;
    const piece = buffer.subarray(0, size);
    await source.store.read(piece, from + at);
    await destination.store.write(piece, to + at);
    destination.tokens.changed(to + at, size);
    progress.moved(size);
    await destination.breathe();
  }
  if (mustFlush(destination, false)) await destination.store.flush();
}

/** Writes zeros. */
export async function zeroRange(unit: LogicalUnit, at: number, length: number, progress: Progress): Promise<void> {
  for (let done = 0; done < length && !progress.aborted;) {
    const size = Math.min(length - done, 0x400_0000);
    if (unit.thin) await unit.store.unmap(at + done, size);
    else await unit.store.zero(at + done, size);
    unit.tokens.changed(at + done, size);
    progress.moved(size);
    done += size;
    await unit.breathe();
  }
  if (mustFlush(unit, false)) await unit.store.flush();
}
