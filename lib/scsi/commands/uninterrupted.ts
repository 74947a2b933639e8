/**
 * COMPARE AND WRITE and WRITE ATOMIC: what they do to their blocks no other command sees in the middle.
 *
 * @module
 */

import type { Field } from "../../bytes/layout.ts";
import { block32, compareAndWriteCdb, writeAtomicCdb } from "../block_cdbs.ts";
import { blockLimits, checkLimit } from "../block_limits.ts";
import { mustFlush, planTransfer, wantExactly } from "../blocks.ts";
import type { BlockAddressing } from "../cdb.ts";
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
    spec: "SBC-4 §5.3",
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
  // The block limits say that there are no atomic boundaries.
  writeAtomic("WRITE ATOMIC (16)", "9c 18 ff ff ff ff ff ff ff ff 00 00 ff ff 1f 00", writeAtomicCdb),
  writeAtomic(
    "WRITE ATOMIC (32)",
    "7f 00 00 00 00 00 1f 18 00 0f 18 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
    block32,
  ),
];

function writeAtomic(name: string, usage: string, cdb: BlockAddressing & { readonly fua: Field<boolean> }): Command {
  return command({
    ...common,
    name,
    spec: "SBC-4 §5.48",
    usage,
    data: "gather",
    supported: (unit) => blockLimits(unit).atomic > 0,
    plan(task, unit) {
      planTransfer(task, unit, cdb);
      checkLimit(cdb.blocks.get(task.cdb), blockLimits(unit).atomic, cdb.blocks);
      if (task.transferLength > 0) wantExactly(task, task.transferLength);
    },
    run: (task, unit) =>
      alone(task, unit, cdb.fua, async () => {
        const notes = notesOf(task);
        await unit.store.writeAtomic?.(task.data, notes.at);
        notes.moved = notes.length;
      }),
  });
}

/** Acts on the next piece of data while no other command touches the blocks, and flushes after the last when it has to. */
export function alone(
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
