/**
 * EXTENDED COPY, with list identifiers of one byte and of four, and COPY OPERATION ABORT.
 *
 * @module
 */

import { type Command, command } from "../command.ts";
import { copyCdb, tokenCdb } from "../copy/formats.ts";
import { checkCopy, copySegment } from "../copy/mover.ts";
import { runCopy } from "../copy/run.ts";
import { copyLimits, type CopyRequest, parseCopy } from "../copy/segments.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The commands that copy between logical units of this server. */
export const copyCommands: readonly Command[] = [
  extendedCopy("EXTENDED COPY (LID1)", "SPC-4 §6.4", "83 00 00 00 00 00 00 00 00 00 ff ff ff ff 00 00", false),
  extendedCopy("EXTENDED COPY (LID4)", "SPC-4 §6.3", "83 01 00 00 00 00 00 00 00 00 ff ff ff ff 00 00", true),
  command({
    name: "COPY OPERATION ABORT",
    spec: "SPC-4 §6.2",
    usage: "83 1c ff ff ff ff 00 00 00 00 00 00 00 00 00 00",
    hasServiceAction: true,
    data: "none",
    access: "free",
    run(task, unit) {
      const operation = unit.copies.find(task.nexus, tokenCdb.listId.get(task.cdb));
      if (operation === undefined) {
        throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: tokenCdb.listId.offset } });
      }
      operation.aborted = true;
    },
  }),
];

function extendedCopy(name: string, spec: string, usage: string, long: boolean): Command {
  return command({
    name,
    spec,
    usage,
    hasServiceAction: true,
    data: "gather",
    access: "own",
    needsMedium: true,
    plan(task) {
      const length = copyCdb.parameterListLength.get(task.cdb);
      if (length > copyLimits.listBytes) throw new ScsiError(sense.parameterListLengthError);
      task.transferLength = length;
    },
    run: (task, unit) => copy(task, unit, parseCopy(task.data, unit, task.nexus, long)),
  });
}

function copy(task: ScsiTask, unit: LogicalUnit, request: CopyRequest): Promise<void> {
  return runCopy(task, unit, request, async (operation) => {
    for (const resolve of request.segments) {
      if (operation.aborted) return;
      const segment = resolve();
      checkCopy(segment.source, segment.destination, task.nexus);
      await copySegment(segment, operation);
      operation.segments++;
    }
  });
}
