/**
 * WRITE (6), (10), (12), (16), (32).
 *
 * Data path: the store takes the transport's receive buffer; nothing is allocated while pieces are whole blocks and the
 * store answers at once.
 *
 * @module
 */

import { block32 } from "../block_cdbs.ts";
import { mustFlush, planTransfer, putBlocks } from "../blocks.ts";
import { block10, block12, block16, block6, type BlockAddressing } from "../cdb.ts";
import { type Command, command, variableLengthCdb } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { type CommandNotes, notesOf } from "../notes.ts";
import type { ScsiTask } from "../task.ts";

const forceUnitAccess = 0x08;
const write6 = 0x0a;

/** The WRITE commands. WRPROTECT is reserved: no protection information is kept. */
export const writeCommands: readonly Command[] = [
  row("WRITE (6)", "SBC-2 §5.24", "0a 1f ff ff ff 00", block6),
  row("WRITE (10)", "SBC-4 §5.40", "2a 18 ff ff ff ff 1f ff ff 00", block10),
  row("WRITE (12)", "SBC-4 §5.41", "aa 18 ff ff ff ff ff ff ff ff 1f 00", block12),
  row("WRITE (16)", "SBC-4 §5.42", "8a 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", block16),
  row(
    "WRITE (32)",
    "SBC-4 §5.43",
    "7f 00 00 00 00 00 1f 18 00 0b 18 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
    block32,
  ),
];

function row(name: string, spec: string, usage: string, addressing: BlockAddressing): Command {
  return command({
    name,
    spec,
    usage,
    data: "stream",
    access: "write",
    writes: true,
    needsMedium: true,
    plan: (task, unit) => planTransfer(task, unit, addressing),
    run: write,
  });
}

/**
 * Writes one piece. Only whole blocks reach the store: what is left of a block waits for the next piece, and when none
 * comes, because the initiator gives less than the CDB names, it is not written.
 */
function write(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const notes = notesOf(task);
  const data = task.data;
  if (notes.carried !== 0 || data.length % unit.blockSize !== 0) return writeCut(task, unit, notes);
  if (data.length > 0) {
    notes.moved = task.dataOffset;
    const writing = unit.store.write(data, notes.at + task.dataOffset);
    if (writing !== undefined) return writeOn(task, unit, notes, writing);
    notes.moved += data.length;
  }
  if (task.dataLast && mustFlush(unit, forcesUnitAccess(task.cdb))) return unit.store.flush();
}

async function writeOn(task: ScsiTask, unit: LogicalUnit, notes: CommandNotes, writing: Promise<void>): Promise<void> {
  const { dataLast, data } = task;
  await writing;
  notes.moved += data.length;
  if (dataLast && mustFlush(unit, forcesUnitAccess(task.cdb))) await unit.store.flush();
}

/** A piece that begins or ends in the middle of a block. */
async function writeCut(task: ScsiTask, unit: LogicalUnit, notes: CommandNotes): Promise<void> {
  const { dataLast } = task;
  await putBlocks(task, unit, notes, (blocks, at) => unit.store.write(blocks, at));
  if (dataLast && mustFlush(unit, forcesUnitAccess(task.cdb))) await unit.store.flush();
}

/** FUA; WRITE (6) has none. */
function forcesUnitAccess(cdb: Uint8Array): boolean {
  const opcode = cdb[0];
  if (opcode === write6) return false;
  const flags = (opcode === variableLengthCdb ? cdb[10] : cdb[1]) as number;
  return (flags & forceUnitAccess) !== 0;
}
