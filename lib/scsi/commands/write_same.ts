/**
 * WRITE SAME (10), (16), (32): one block from the initiator goes to many, or they are given back.
 *
 * @module
 */

import type { Field } from "../../bytes/layout.ts";
import { writeSame10Cdb, writeSame16Cdb, writeSame32Cdb } from "../block_cdbs.ts";
import { checkLimit, longestWriteSame } from "../block_limits.ts";
import { mustFlush, planRange, scratchSize, wantExactly } from "../blocks.ts";
import type { BlockAddressing } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import { isZero } from "../compare.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** Where a WRITE SAME has its fields. */
interface Sameness extends BlockAddressing {
  readonly unmap: Field<boolean>;
  readonly noDataOut?: Field<boolean>;
}

/** Bytes that the store zeros or gives back at a time: so long an abort may have to wait. */
const zeroedAtOnce = 0x1000_0000;

/** The WRITE SAME commands. ANCHOR is reserved: no block is kept for one that was given back. */
export const writeSameCommands: readonly Command[] = [
  row("WRITE SAME (10)", "SBC-4", "41 08 ff ff ff ff 1f ff ff 00", writeSame10Cdb),
  row("WRITE SAME (16)", "SBC-4", "93 09 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", writeSame16Cdb),
  row(
    "WRITE SAME (32)",
    "SBC-4",
    "7f 00 00 00 00 00 1f 18 00 0d 09 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
    writeSame32Cdb,
  ),
];

function row(name: string, spec: string, usage: string, fields: Sameness): Command {
  return command({
    name,
    spec,
    usage,
    data: "gather",
    access: "write",
    writes: true,
    needsMedium: true,
    plan: (task, unit) => plan(task, unit, fields),
    run: (task, unit) => writeSame(task, unit, { block: task.data, unmap: fields.unmap.get(task.cdb) }),
    runWithoutData: (task, unit) => writeSame(task, unit, { unmap: fields.unmap.get(task.cdb) }),
  });
}

function plan(task: ScsiTask, unit: LogicalUnit, { lba, blocks, unmap, noDataOut }: Sameness): void {
  const { cdb } = task;
  if (unmap.get(cdb) && !unit.thin) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: unmap.offset, bit: 3 } });
  }
  planRange(task, unit, { lba, blocks });
  const notes = notesOf(task);
  // Zero stands for all blocks up to the end.
  if (blocks.get(cdb) === 0) {
    notes.length = unit.blocks * unit.blockSize - notes.at;
    checkLimit(notes.length / unit.blockSize, longestWriteSame, blocks);
  }
  if (!noDataOut?.get(cdb)) wantExactly(task, unit.blockSize);
}

/** Without a block it is zeros. Blocks that are given back read as zeros, so another block has to be written. */
async function writeSame(
  task: ScsiTask,
  unit: LogicalUnit,
  { block, unmap }: { readonly block?: Uint8Array; readonly unmap: boolean },
): Promise<void> {
  const { store } = unit;
  const notes = notesOf(task);
  const pattern = block === undefined || isZero(block) ? undefined : repeated(block, notes.length);
  const atOnce = pattern?.length ?? zeroedAtOnce;
  while (notes.moved < notes.length && !task.aborted) {
    const at = notes.at + notes.moved;
    const length = Math.min(atOnce, notes.length - notes.moved);
    if (pattern !== undefined) await store.write(pattern.subarray(0, length), at);
    else if (unmap) await store.unmap(at, length);
    else await store.zero(at, length);
    notes.moved += length;
    if (notes.moved < notes.length) await unit.breathe();
  }
  if (mustFlush(unit, false)) await store.flush();
}

/** As many copies of a block as are written at a time. */
export function repeated(block: Uint8Array, length: number): Uint8Array {
  const pattern = new Uint8Array(Math.min(length, scratchSize));
  for (let at = 0; at < pattern.length; at += block.length) pattern.set(block, at);
  return pattern;
}
