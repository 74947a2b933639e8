/**
 * SANITIZE: makes what was on the medium impossible to get back. It goes on whatever happens to the command, its nexus
 * and its session.
 *
 * @module
 */

import { bits, flag, layout, u16 } from "../../bytes/layout.ts";
import { sanitizeCdb } from "../block_cdbs.ts";
import { scratchSize } from "../blocks.ts";
import { type Command, command, type CommandColumns } from "../command.ts";
import { fillMedium, unmapMedium } from "../fill_medium.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { endOperation, type Operation, operationKinds, startOperation } from "../operation.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The parameter list of an OVERWRITE; the initialization pattern follows. */
export const overwriteHeader = layout("SBC-4 §5.30", 4, {
  invert: flag(0, 7),
  test: bits(0, 6, 5),
  count: bits(0, 4, 0),
  patternLength: u16(2),
});

type Columns = Pick<CommandColumns, "name" | "usage" | "data" | "run"> & Partial<CommandColumns>;

/** The service actions of SANITIZE. There is no CRYPTOGRAPHIC ERASE: nothing is encrypted. */
export const sanitizeCommands: readonly Command[] = [
  row({
    name: "SANITIZE (OVERWRITE)",
    usage: "48 a1 00 00 00 00 00 ff ff 00",
    data: "gather",
    plan: planOverwrite,
    run: overwrite,
  }),
  row({
    name: "SANITIZE (BLOCK ERASE)",
    usage: "48 a2 00 00 00 00 00 00 00 00",
    data: "none",
    supported: ({ thin }) => thin,
    plan: checkRestriction,
    run: (task, unit) => sanitize(task, unit, (operation) => unmapMedium(unit, operation)),
  }),
  row({
    name: "SANITIZE (EXIT FAILURE MODE)",
    usage: "48 bf 00 00 00 00 00 00 00 00",
    data: "none",
    writes: false,
    run: exitFailureMode,
  }),
];

function row(columns: Columns): Command {
  return command({
    spec: "SBC-4 §5.30",
    hasServiceAction: true,
    access: "write",
    writes: true,
    needsMedium: true,
    ...columns,
  });
}

function planOverwrite(task: ScsiTask, unit: LogicalUnit): void {
  checkRestriction(task, unit);
  const length = sanitizeCdb.parameterListLength.get(task.cdb);
  if (length <= overwriteHeader.size || length > overwriteHeader.size + unit.blockSize) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: sanitizeCdb.parameterListLength.offset } });
  }
  task.transferLength = length;
}

/** After a failure in restricted completion mode, no other mode is a way out (SBC-4). */
function checkRestriction({ cdb }: ScsiTask, { operation }: LogicalUnit): void {
  if (operation !== undefined && operation.restricted && sanitizeCdb.unrestrictedExit.get(cdb)) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 5 } });
  }
}

function overwrite(task: ScsiTask, unit: LogicalUnit): Promise<void> {
  const { data } = task;
  const { count, invert, test, patternLength } = overwriteHeader.decode(data);
  const wrong = (byte: number, bit?: number): ScsiError =>
    new ScsiError(sense.invalidFieldInParameterList, {
      pointer: { byte, inData: true, ...(bit === undefined ? {} : { bit }) },
    });
  if (test !== 0) throw wrong(0, 6);
  if (count === 0) throw wrong(0, 4);
  if (patternLength === 0 || patternLength > data.length - overwriteHeader.size) throw wrong(2);
  // The data is only lent, and the operation may outlast the command.
  const pattern = data.slice(overwriteHeader.size, overwriteHeader.size + patternLength);
  return sanitize(task, unit, async (operation) => {
    for (let pass = 0; pass < count; pass++) {
      // The last pass leaves the pattern as it was given.
      const inverted = invert && (count - 1 - pass) % 2 === 1;
      const part = { start: pass / count, share: 1 / count };
      await fillMedium(unit, operation, patternOf(unit, pattern, inverted), part);
    }
  });
}

/** Blocks that begin with the pattern and repeat it. */
function patternOf({ blockSize }: LogicalUnit, pattern: Uint8Array, inverted: boolean): Uint8Array {
  const filled = new Uint8Array(scratchSize);
  const mask = inverted ? 0xff : 0;
  for (let i = 0; i < filled.length; i++) filled[i] = (pattern[i % blockSize % pattern.length] as number) ^ mask;
  return filled;
}

function sanitize(
  task: ScsiTask,
  unit: LogicalUnit,
  work: (operation: Operation) => Promise<void>,
): Promise<void> {
  return startOperation(task, unit, {
    kind: operationKinds.sanitize,
    immediate: sanitizeCdb.immed.get(task.cdb),
    restricted: !sanitizeCdb.unrestrictedExit.get(task.cdb),
    work,
  });
}

function exitFailureMode(_task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const { operation } = unit;
  if (operation === undefined || operation.kind !== operationKinds.sanitize) return;
  if (operation.restricted) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 4 } });
  return endOperation(unit);
}
