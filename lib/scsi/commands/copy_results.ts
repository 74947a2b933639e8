/**
 * RECEIVE COPY OPERATING PARAMETERS, STATUS and FAILURE DETAILS: what can be copied, and what became of it.
 *
 * @module
 */

import { answer, type Command, command } from "../command.ts";
import {
  blockSegmentType,
  failureDetails,
  identificationType,
  longStatus,
  operatingParameters,
  resultsCdb,
  rodToken,
  shortCopyStatus,
  shortStatus,
  transferUnits,
} from "../copy/formats.ts";
import { type CopyOperation, rememberedCopies } from "../copy/operations.ts";
import { copyLimits } from "../copy/segments.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import { status } from "../status.ts";
import type { ScsiTask } from "../task.ts";

const columns = { hasServiceAction: true, data: "in", access: "free" } as const;

/** Behind the length of ROD TOKEN DESCRIPTORS, each token has two reserved bytes in front (SPC-5). */
const tokenRoom = 2;

/** Sense data has room for as much as we ever send. */
const senseRoom = 64;

/** The commands that ask about copies. */
export const copyResultsCommands: readonly Command[] = [
  command({
    ...columns,
    name: "RECEIVE COPY STATUS (LID1)",
    spec: "SPC-4",
    usage: "84 00 ff 00 00 00 00 00 00 00 ff ff ff ff 00 00",
    run: (task, unit) => send(task, encodeShortStatus(found(task, unit, resultsCdb.listId.get(task.cdb)))),
  }),
  command({
    ...columns,
    name: "RECEIVE COPY OPERATING PARAMETERS",
    spec: "SPC-4",
    usage: "84 03 00 00 00 00 00 00 00 00 ff ff ff ff 00 00",
    run: (task) => send(task, encodeParameters()),
  }),
  command({
    ...columns,
    name: "RECEIVE COPY FAILURE DETAILS (LID1)",
    spec: "SPC-4",
    usage: "84 04 ff 00 00 00 00 00 00 00 ff ff ff ff 00 00",
    run(task, unit) {
      const operation = found(task, unit, resultsCdb.listId.get(task.cdb));
      if (operation.running) throw noSuchList();
      send(task, encodeFailure(operation));
      unit.copies.forget(operation);
    },
  }),
  command({
    ...columns,
    name: "RECEIVE COPY STATUS (LID4)",
    spec: "SPC-5",
    usage: "84 05 ff ff ff ff 00 00 00 00 ff ff ff ff 00 00",
    run: (task, unit) => send(task, encodeLongStatus(found(task, unit, resultsCdb.longListId.get(task.cdb)), 0)),
  }),
  command({
    ...columns,
    name: "RECEIVE ROD TOKEN INFORMATION",
    spec: "SPC-5",
    usage: "84 07 ff ff ff ff 00 00 00 00 ff ff ff ff 00 00",
    run: (task, unit) => send(task, encodeTokenInformation(found(task, unit, resultsCdb.longListId.get(task.cdb)))),
  }),
];

function found(task: ScsiTask, unit: LogicalUnit, listId: number): CopyOperation {
  const operation = unit.copies.find(task.nexus, listId);
  if (operation === undefined) throw noSuchList();
  return operation;
}

function noSuchList(): ScsiError {
  return new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: resultsCdb.listId.offset } });
}

function send(task: ScsiTask, data: Uint8Array): void {
  answer(task, data, resultsCdb.allocationLength.get(task.cdb));
}

function encodeParameters(): Uint8Array {
  return operatingParameters.encode({
    available: operatingParameters.size - 4,
    supportsNoListId: true,
    mostDescriptors: copyLimits.descriptors,
    mostSegments: copyLimits.segments,
    longestDescriptors: copyLimits.descriptorBytes,
    longestSegment: copyLimits.segmentBytes,
    concurrentCopies: rememberedCopies,
    mostConcurrentCopies: rememberedCopies,
    segmentGranularity: 9,
    typesLength: 2,
    type1: blockSegmentType,
    type2: identificationType,
  });
}

function encodeShortStatus(operation: CopyOperation): Uint8Array {
  return shortStatus.encode({
    available: shortStatus.size - 4,
    status: shortStatusOf(operation),
    segments: operation.segments,
    ...countOf(operation),
  });
}

function shortStatusOf({ running, status: code }: CopyOperation): number {
  if (running) return shortCopyStatus.inProgress;
  return code === status.good ? shortCopyStatus.completed : shortCopyStatus.failed;
}

/** TRANSFER COUNT with its units: blocks for tokens, else bytes, or what fits into four bytes (SPC-4). */
function countOf({ transferred, countedIn }: CopyOperation): { units: number; transferred: number } {
  if (countedIn !== 1) return { units: transferUnits.blocks, transferred: transferred / countedIn };
  if (transferred <= 0xffff_ffff) return { units: transferUnits.bytes, transferred };
  return { units: transferUnits.kibibytes, transferred: Math.floor(transferred / 1024) };
}

function encodeFailure(operation: CopyOperation): Uint8Array {
  if (operation.status === status.good) return new Uint8Array(4);
  const data = new Uint8Array(failureDetails.size + operation.sense.length);
  data.set(operation.sense, failureDetails.size);
  return failureDetails.encode(
    { available: data.length - 4, status: operation.status, senseLength: operation.sense.length },
    data,
  );
}

/** The status with its sense data, and `more` bytes behind. */
function encodeLongStatus(operation: CopyOperation, more: number): Uint8Array {
  const data = new Uint8Array(longStatus.size + senseRoom + more);
  data.set(operation.sense.subarray(0, senseRoom), longStatus.size);
  return longStatus.encode({
    available: data.length - 4,
    serviceAction: operation.serviceAction,
    status: operation.state,
    operations: 1,
    statusDelay: operation.running ? 10 : 0xffff_fffe,
    completionStatus: operation.status,
    senseField: senseRoom,
    senseLength: Math.min(operation.sense.length, senseRoom),
    ...countOf(operation),
    segments: operation.segments,
  }, data);
}

function encodeTokenInformation(operation: CopyOperation): Uint8Array {
  const { token } = operation;
  const length = token === undefined ? 0 : tokenRoom + rodToken.size;
  const data = encodeLongStatus(operation, 4 + length);
  const at = longStatus.size + senseRoom;
  data[at + 2] = length >>> 8;
  data[at + 3] = length;
  if (token !== undefined) data.set(token, at + 4 + tokenRoom);
  return data;
}
