/**
 * ORWRITE (16) and (32): bitmaps on the medium, in which bits are set, and with (32) cleared when a new generation begins
 * (SBC-4 §4.27).
 *
 * @module
 */

import { isPolicy, setOutcome } from "../bitmap_generations.ts";
import { orWrite32Cdb } from "../block_cdbs.ts";
import { planTransfer, putBlocks } from "../blocks.ts";
import { block16 } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { notesOf } from "../notes.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";
import { alone } from "./uninterrupted.ts";

/** BMOP (SBC-4 §5.11). */
const bitmapOperation = { set: 0, changeGenerationAndClear: 1 } as const;

/** ORWRITE (16) expects this generation (SBC-4 §4.27.2.2). */
const firstGeneration = 0;

const common = { data: "stream", access: "write", writes: true, needsMedium: true } as const;

/** The commands on bitmaps. */
export const orWriteCommands: readonly Command[] = [
  command({
    ...common,
    name: "ORWRITE (32)",
    spec: "SBC-4 §5.11",
    usage: "7f 00 07 0f 00 00 1f 18 00 0e 18 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff",
    plan(task, unit) {
      checkOperation(task, unit);
      planTransfer(task, unit, orWrite32Cdb);
    },
    run: (task, unit) => alone(task, unit, orWrite32Cdb.fua, () => operate(task, unit)),
    runWithoutData: (task, unit) => {
      // A new generation may begin without a bit being cleared.
      if (task.transferLength === 0) endGeneration(task, unit);
    },
  }),
  command({
    ...common,
    name: "ORWRITE (16)",
    spec: "SBC-4 §5.10",
    usage: "8b 18 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00",
    plan(task, unit) {
      judge(unit, firstGeneration);
      planTransfer(task, unit, block16);
    },
    run: (task, unit) => alone(task, unit, block16.fua, () => set(task, unit, firstGeneration)),
  }),
];

function checkOperation({ cdb }: ScsiTask, unit: LogicalUnit): void {
  const { bitmapOperation: operation, previousGenerationProcessing: policy } = orWrite32Cdb;
  const expected = orWrite32Cdb.expectedGeneration.get(cdb);
  switch (operation.get(cdb)) {
    case bitmapOperation.set:
      judge(unit, expected);
      break;
    case bitmapOperation.changeGenerationAndClear:
      if (!isPolicy(policy.get(cdb))) {
        throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: policy.offset, bit: 3 } });
      }
      if (expected !== unit.bitmapGenerations.current) throw new ScsiError(sense.orWriteGenerationDoesNotMatch);
      break;
    default:
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: operation.offset, bit: 2 } });
  }
}

async function operate(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  // Another initiator may have begun a generation since the command came.
  checkOperation(task, unit);
  const expected = orWrite32Cdb.expectedGeneration.get(task.cdb);
  if (orWrite32Cdb.bitmapOperation.get(task.cdb) === bitmapOperation.set) return await set(task, unit, expected);
  const { dataLast } = task;
  await putBlocks(task, unit, notesOf(task), (data, at) => combine(unit, data, at, (a, b) => a & b));
  if (dataLast) endGeneration(task, unit);
}

function endGeneration(task: ScsiTask, unit: LogicalUnit): void {
  const { cdb } = task;
  // Two on different blocks run at the same time, and only the quicker one may begin the next generation.
  checkOperation(task, unit);
  if (orWrite32Cdb.bitmapOperation.get(cdb) === bitmapOperation.set) return;
  const { newGeneration, previousGenerationProcessing } = orWrite32Cdb;
  unit.bitmapGenerations.change(newGeneration.get(cdb), previousGenerationProcessing.get(cdb));
}

async function set(task: ScsiTask, unit: LogicalUnit, expected: number): Promise<void> {
  if (judge(unit, expected) === setOutcome.discard) return;
  await putBlocks(task, unit, notesOf(task), (data, at) => combine(unit, data, at, (a, b) => a | b));
}

function judge({ bitmapGenerations }: LogicalUnit, expected: number): number {
  const outcome = bitmapGenerations.judge(expected);
  if (outcome === setOutcome.refuse) throw new ScsiError(sense.orWriteGenerationDoesNotMatch);
  return outcome;
}

async function combine(
  unit: LogicalUnit,
  data: Uint8Array,
  at: number,
  merge: (a: number, b: number) => number,
): Promise<void> {
  const medium = new Uint8Array(data.length);
  await unit.store.read(medium, at);
  for (let i = 0; i < medium.length; i++) medium[i] = merge(medium[i] as number, data[i] as number);
  await unit.store.write(medium, at);
}
