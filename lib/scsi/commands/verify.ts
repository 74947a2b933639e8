/**
 * VERIFY (10), (12), (16), (32): reads the medium, and with BYTCHK compares it with data from the initiator.
 *
 * @module
 */

import type { Field } from "../../bytes/layout.ts";
import { block32 } from "../block_cdbs.ts";
import { planRange, planTransfer, readBytes, scratchSize } from "../blocks.ts";
import { block10, block12, block16, type BlockAddressing } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import { firstDifference } from "../compare.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** BYTCHK (SBC-4 §5.36). */
const byteCheck = { none: 0, all: 1, reserved: 2, oneBlock: 3 } as const;

/** The VERIFY commands. VRPROTECT is reserved: no protection information is kept. */
export const verifyCommands: readonly Command[] = [
  row("VERIFY (10)", "SBC-4 §5.36", "2f 16 ff ff ff ff 1f ff ff 00", block10),
  row("VERIFY (12)", "SBC-4 §5.37", "af 16 ff ff ff ff ff ff ff ff 1f 00", block12),
  row("VERIFY (16)", "SBC-4 §5.38", "8f 16 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", block16),
  row(
    "VERIFY (32)",
    "SBC-4 §5.39",
    "7f 00 00 00 00 00 1f 18 00 0a 16 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
    block32,
  ),
];

/** Where a VERIFY has its fields. */
interface Verification extends BlockAddressing {
  readonly bytchk: Field<number>;
}

function row(name: string, spec: string, usage: string, addressing: Verification): Command {
  return command({
    name,
    spec,
    usage,
    data: "stream",
    access: "read",
    needsMedium: true,
    plan: (task, unit) => plan(task, unit, addressing),
    run: (task, unit) => notesOf(task).gather ? compareOneBlock(task, unit) : comparePiece(task, unit),
    runWithoutData: readOnly,
  });
}

function plan(task: ScsiTask, unit: LogicalUnit, addressing: Verification): void {
  const { bytchk } = addressing;
  const check = bytchk.get(task.cdb);
  if (check === byteCheck.reserved) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: bytchk.offset, bit: 2 } });
  }
  if (check === byteCheck.all) return planTransfer(task, unit, addressing);
  planRange(task, unit, addressing);
  const notes = notesOf(task);
  notes.gather = check === byteCheck.oneBlock && notes.length > 0;
  if (notes.gather) task.transferLength = unit.blockSize;
}

/** Whether the medium can be read at all: so without BYTCHK, but not when the initiator held its data back. */
async function readOnly(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  if (task.transferLength > 0) return;
  await eachPiece(task, unit, () => {});
}

async function comparePiece(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data, dataOffset } = task;
  const notes = notesOf(task);
  const medium = new Uint8Array(Math.min(data.length, scratchSize));
  for (let done = 0; done < data.length && !task.aborted; done += medium.length) {
    const piece = medium.subarray(0, Math.min(medium.length, data.length - done));
    const at = dataOffset + done;
    notes.moved = at;
    await readBytes(unit.store, piece, notes.at + at);
    compare(unit, piece, data, done, notes.at + at);
  }
}

async function compareOneBlock(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data } = task;
  await eachPiece(task, unit, (piece, at) => {
    for (let block = 0; block < piece.length; block += data.length) {
      compare(unit, piece.subarray(block, block + data.length), data, 0, at + block);
    }
  });
}

/** Reads the command's range in whole blocks; other work runs between the pieces. */
async function eachPiece(
  task: ScsiTask,
  unit: LogicalUnit,
  look: (piece: Uint8Array, at: number) => void,
): Promise<void> {
  const notes = notesOf(task);
  const scratch = new Uint8Array(Math.min(notes.length, scratchSize));
  while (notes.moved < notes.length && !task.aborted) {
    const piece = scratch.subarray(0, Math.min(scratch.length, notes.length - notes.moved));
    await unit.store.read(piece, notes.at + notes.moved);
    look(piece, notes.at + notes.moved);
    notes.moved += piece.length;
    if (notes.moved < notes.length) await unit.breathe();
  }
}

/** Compares what the medium holds at byte `at` with `data` from `from` on. INFORMATION tells the block that differs. */
export function compare(unit: LogicalUnit, medium: Uint8Array, data: Uint8Array, from: number, at: number): void {
  const differs = firstDifference(medium, data, from);
  if (differs < 0) return;
  throw new ScsiError(sense.miscompareDuringVerify, { information: Math.floor((at + differs) / unit.blockSize) });
}
