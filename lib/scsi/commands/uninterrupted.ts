/**
 * COMPARE AND WRITE, WRITE ATOMIC and ORWRITE: what they do to their blocks no other command sees in the middle.
 *
 * @module
 */

import type { Field } from "../../bytes/layout.ts";
import { compareAndWriteCdb, writeAtomicCdb } from "../block_cdbs.ts";
import { blockLimits, checkLimit } from "../block_limits.ts";
import { mustFlush, planTransfer, putBlocks, wantExactly } from "../blocks.ts";
import { block16, type BlockAddressing } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import { firstDifference } from "../compare.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { exclusively } from "../range_lock.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

const common = { access: "write", writes: true, needsMedium: true } as const;

/** The commands that are not interrupted. */
export const uninterruptedCommands: readonly Command[] = [
  command({
    ...common,
    name: "COMPARE AND WRITE",
    spec: "SBC-3 §5.2",
    usage: "89 18 ff ff ff ff ff ff ff ff 00 00 00 ff 1f 00",
    data: "gather",
    plan(task, unit) {
      const { blocks } = compareAndWriteCdb;
      checkLimit(blocks.get(task.cdb), blockLimits(unit).compareAndWrite, blocks);
      // Data for no blocks: a number above 255 has been cut to one byte.
      if (blocks.get(task.cdb) === 0 && task.expectedDataOut > 0) checkLimit(1, 0, blocks);
      planTransfer(task, unit, compareAndWriteCdb);
      if (task.transferLength > 0) wantExactly(task, 2 * task.transferLength);
    },
    run: (task, unit) => alone(task, unit, compareAndWriteCdb.fua, () => compareAndWrite(task, unit)),
  }),
  command({
    ...common,
    name: "WRITE ATOMIC (16)",
    spec: "SBC-4 §4.29",
    // The block limits say that there are no atomic boundaries.
    usage: "9c 18 ff ff ff ff ff ff ff ff 00 00 ff ff 1f 00",
    data: "gather",
    supported: (unit) => blockLimits(unit).atomic > 0,
    plan(task, unit) {
      planTransfer(task, unit, writeAtomicCdb);
      checkLimit(writeAtomicCdb.blocks.get(task.cdb), blockLimits(unit).atomic, writeAtomicCdb.blocks);
      if (task.transferLength > 0) wantExactly(task, task.transferLength);
    },
    run: (task, unit) =>
      alone(task, unit, writeAtomicCdb.fua, async () => {
        const notes = notesOf(task);
        await unit.store.writeAtomic?.(task.data, notes.at);
        notes.moved = notes.length;
      }),
  }),
  command({
    ...common,
    name: "ORWRITE (16)",
    spec: "SBC-3 §5.5",
    usage: "8b 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00",
    data: "stream",
    plan: (task, unit) => planTransfer(task, unit, block16 satisfies BlockAddressing),
    run: (task, unit) =>
      alone(task, unit, block16.fua, () => putBlocks(task, unit, notesOf(task), (data, at) => or(unit, data, at))),
  }),
];

function alone(
  task: ScsiTask,
  unit: LogicalUnit,
  fua: Field<boolean>,
  act: () => void | Promise<void>,
): Promise<void> {
  return exclusively(unit.ranges, notesOf(task), task, async () => {
    const { dataLast } = task;
    await act();
    if (dataLast && mustFlush(unit, fua.get(task.cdb))) await unit.store.flush();
  });
}

/** The first half of the data is compared, the second written; INFORMATION is where the first half differs. */
async function compareAndWrite(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data } = task;
  const notes = notesOf(task);
  const { at, length } = notes;
  const medium = new Uint8Array(length);
  await unit.store.read(medium, at);
  const information = firstDifference(medium, data, 0);
  if (information >= 0) throw new ScsiError(sense.miscompareDuringVerify, { information });
  await unit.store.write(data.subarray(length, 2 * length), at);
  notes.moved = length;
}

async function or(unit: LogicalUnit, data: Uint8Array, at: number): Promise<void> {
  const medium = new Uint8Array(data.length);
  await unit.store.read(medium, at);
  for (let i = 0; i < medium.length; i++) medium[i] = (medium[i] as number) | (data[i] as number);
  await unit.store.write(medium, at);
}
