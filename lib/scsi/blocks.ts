/**
 * What the commands that address blocks share: the range they concern, and access to a store in whole blocks.
 *
 * Data path: no allocation when ranges are aligned to the store's blocks.
 *
 * Tested in tests/scsi/commands/read_test.ts.
 *
 * @module
 */

import type { BlockStore } from "../store/store.ts";
import type { BlockAddressing } from "./cdb.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { notesOf } from "./notes.ts";
import { sense } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";
import type { ScsiTask } from "./task.ts";

/** Bytes that a command which reads for itself takes at a time. */
export const scratchSize = 0x4_0000;

/** Notes the range that a CDB names. Throws LBA OUT OF RANGE when it does not lie on the medium (SBC-3 §4.5). */
export function planRange(task: ScsiTask, unit: LogicalUnit, addressing: BlockAddressing): void {
  const lba = addressing.lba.get(task.cdb);
  const blocks = addressing.blocks.get(task.cdb);
  if (lba + blocks > unit.blocks) throw new ScsiError(sense.logicalBlockAddressOutOfRange);
  const notes = notesOf(task);
  notes.at = lba * unit.blockSize;
  notes.length = blocks * unit.blockSize;
}

/** The same for commands that move the blocks they name. */
export function planTransfer(task: ScsiTask, unit: LogicalUnit, addressing: BlockAddressing): void {
  planRange(task, unit, addressing);
  task.transferLength = notesOf(task).length;
}

/** Fills `into` from byte `at` on, whatever the size of the store's blocks. */
export function readBytes(store: BlockStore, into: Uint8Array, at: number): void | Promise<void> {
  const size = store.blockSize;
  if (size === 1 || (at % size === 0 && into.length % size === 0)) return store.read(into, at);
  return readAround(store, into, at);
}

/** A transport may cut its pieces in the middle of a block: read the blocks around it. */
async function readAround(store: BlockStore, into: Uint8Array, at: number): Promise<void> {
  const size = store.blockSize;
  const from = at - at % size;
  const end = Math.ceil((at + into.length) / size) * size;
  const whole = new Uint8Array(end - from);
  await store.read(whole, from);
  into.set(whole.subarray(at - from, at - from + into.length));
}
