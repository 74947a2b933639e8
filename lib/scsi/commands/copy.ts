/**
 * EXTENDED COPY, with list identifiers of one byte and of four, and COPY OPERATION ABORT.
 *
 * @module
 */

import { type Command, command } from "../command.ts";
import { copyCdb, tokenCdb } from "../copy/formats.ts";
import { checkDestination, checkSource, copySegment, thirdPartyFailure } from "../copy/mover.ts";
import type { CopyOperation } from "../copy/operations.ts";
import { runCopy } from "../copy/run.ts";
import { copyLimits, parseCopy, type PlannedSegment } from "../copy/segments.ts";
import type { Nexus } from "../nexus.ts";
import { sense, senseKey } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";

/** The commands that copy between logical units of this server. */
export const copyCommands: readonly Command[] = [
  extendedCopy("EXTENDED COPY (LID1)", "SPC-4", "83 00 00 00 00 00 00 00 00 00 ff ff ff ff 00 00", false),
  extendedCopy("EXTENDED COPY (LID4)", "SPC-5 §6.6", "83 01 00 00 00 00 00 00 00 00 ff ff ff ff 00 00", true),
  command({
    name: "COPY OPERATION ABORT",
    spec: "SPC-5",
    usage: "83 1c ff ff ff ff 00 00 00 00 00 00 00 00 00 00",
    hasServiceAction: true,
    data: "none",
    access: "free",
    run(task, unit) {
      const operation = unit.copies.find(task.nexus, tokenCdb.listId.get(task.cdb));
      if (operation?.running) return operation.abort();
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: tokenCdb.listId.offset } });
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
    access: "write",
    needsMedium: true,
    plan(task) {
      const length = copyCdb.parameterListLength.get(task.cdb);
      if (length > copyLimits.listBytes) throw new ScsiError(sense.parameterListLengthError);
      task.transferLength = length;
    },
    run(task, unit) {
      const { nexus } = task;
      const request = parseCopy(task.data, unit, nexus, long);
      return runCopy(task, unit, request, (operation) => copyAll(request.segments, nexus, operation));
    },
  });
}

async function copyAll(
  segments: readonly PlannedSegment[],
  nexus: Nexus,
  operation: CopyOperation,
): Promise<void> {
  for (const planned of segments) {
    if (operation.aborted) return;
    try {
      const segment = planned.resolve();
      // Also a segment of no blocks wants its units.
      checkSource(segment.source, nexus);
      checkDestination(segment.destination, nexus);
      await copySegment(segment, nexus, operation);
    } catch (error) {
      throw inSegment(error, planned, operation.segments);
    }
    if (!operation.aborted) operation.segments++;
  }
}

/** A failure with the number of its segment, and where that is in the parameter list (SPC-5). */
function inSegment(error: unknown, { at }: PlannedSegment, index: number): unknown {
  const known = error instanceof ScsiError && error.code.key === senseKey.copyAborted;
  const failure = known ? error : thirdPartyFailure(error);
  if (!(failure instanceof ScsiError)) return failure;
  return new ScsiError(failure.code, { commandSpecific: index, pointer: { byte: at, inData: true } });
}
