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
import { longestTransfer } from "./block_limits.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { type CommandNotes, notesOf } from "./notes.ts";
import { sense } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";
import type { ScsiTask } from "./task.ts";

/** Bytes that a command which reads for itself takes at a time. */
export const scratchSize = 0x4_0000;

/** Notes the range that a CDB names. Throws LBA OUT OF RANGE when it does not lie on the medium (SBC-4). */
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
  const { length } = notesOf(task);
  if (length > longestTransfer) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: addressing.blocks.offset } });
  }
  task.transferLength = length;
}

/** With FUA, or without write cache, the data is on stable storage before the status goes out (SBC-4). */
export function mustFlush(unit: LogicalUnit, forceUnitAccess: boolean): boolean {
  return unit.store.capabilities.volatileCache && (forceUnitAccess || !unit.modePages.writeCache);
}

/**
 * Hands the whole blocks of a piece of data to `put`, with the byte of the medium where they belong. What is left of a
 * block waits for the next piece, and when none comes, because the initiator gives less than the CDB names, it is lost.
 */
export async function putBlocks(
  task: ScsiTask,
  unit: LogicalUnit,
  notes: CommandNotes,
  put: (blocks: Uint8Array, at: number) => void | Promise<void>,
): Promise<void> {
  const { data } = task;
  const block = notes.carry ??= new Uint8Array(unit.blockSize);
  let at = notes.at + task.dataOffset - notes.carried;
  let from = 0;
  notes.moved = at - notes.at;
  if (notes.carried > 0) {
    from = Math.min(unit.blockSize - notes.carried, data.length);
    block.set(data.subarray(0, from), notes.carried);
    notes.carried += from;
    if (notes.carried === unit.blockSize) {
      notes.carried = 0;
      await put(block, at);
      at += unit.blockSize;
      notes.moved += unit.blockSize;
    }
  }
  const whole = data.length - from - (data.length - from) % unit.blockSize;
  if (whole > 0) {
    await put(data.subarray(from, from + whole), at);
    notes.moved += whole;
    from += whole;
  }
  if (from < data.length) {
    block.set(data.subarray(from), 0);
    notes.carried = data.length - from;
  }
}

/** Refuses data of another length than the CDB names, where a part would be of no use, and more a mistake. */
export function wantExactly(task: ScsiTask, length: number): void {
  task.transferLength = length;
  if (task.expectedDataOut !== length) throw new ScsiError(sense.invalidFieldInCommandInformationUnit);
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
