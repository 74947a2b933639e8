/**
 * READ (6), (10), (12), (16), (32).
 *
 * Data path: the store fills the transport's send buffer; nothing is allocated while the store answers at once.
 *
 * @module
 */

import { block32 } from "../block_cdbs.ts";
import { planTransfer, readBytes } from "../blocks.ts";
import { block10, block12, block16, block6, type BlockAddressing } from "../cdb.ts";
import { type Command, command, only } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { type CommandNotes, notesOf } from "../notes.ts";
import type { ScsiTask } from "../task.ts";

/** The READ commands. RDPROTECT is reserved: no protection information is kept. */
export const readCommands: readonly Command[] = [
  ...only("disk", [row("READ (6)", "SBC-2 §5.5", "08 1f ff ff ff 00", block6)]),
  row("READ (10)", "SBC-4 §5.16", "28 18 ff ff ff ff 1f ff ff 00", block10),
  row("READ (12)", "SBC-4 §5.17", "a8 18 ff ff ff ff ff ff ff ff 1f 00", block12),
  ...only("disk", [
    row("READ (16)", "SBC-4 §5.18", "88 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", block16),
    // The tags are for protection information only, and ignored without.
    row(
      "READ (32)",
      "SBC-4 §5.19",
      "7f 00 00 00 00 00 1f 18 00 09 18 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
      block32,
    ),
  ]),
];

function row(name: string, spec: string, usage: string, addressing: BlockAddressing): Command {
  return command({
    name,
    spec,
    usage,
    data: "in",
    access: "read",
    needsMedium: true,
    plan: (task, unit) => planTransfer(task, unit, addressing),
    run: read,
  });
}

/** Sends what the plan has noted. */
export function read(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const notes = notesOf(task);
  const length = Math.min(notes.length, task.expectedDataIn);
  while (notes.moved < length && !task.aborted) {
    const window = task.window(length - notes.moved);
    if (window === undefined) return readOn(task, unit, notes, length, task.room());
    const reading = readBytes(unit.store, window, notes.at + notes.moved);
    if (reading !== undefined) return readOn(task, unit, notes, length, reading, window.length);
    notes.moved += window.length;
  }
}

/** Goes on after the first wait. `arriving` bytes are there when `waiting` settles. */
async function readOn(
  task: ScsiTask,
  unit: LogicalUnit,
  notes: CommandNotes,
  length: number,
  waiting: Promise<void>,
  arriving = 0,
): Promise<void> {
  await waiting;
  notes.moved += arriving;
  while (notes.moved < length && !task.aborted) {
    const window = task.window(length - notes.moved);
    if (window === undefined) {
      await task.room();
      continue;
    }
    const reading = readBytes(unit.store, window, notes.at + notes.moved);
    if (reading !== undefined) await reading;
    notes.moved += window.length;
  }
}
