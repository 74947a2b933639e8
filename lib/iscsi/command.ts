/**
 * SCSI Command PDUs (RFC 7143 §11.3): from bytes to a task that waits for the device server.
 *
 * Data path: no allocation per command but the view that its immediate data is received through.
 *
 * @module
 */

import { BHS_LENGTH, rejectReason, RESERVED_TAG } from "./constants.ts";
import type { Connection } from "./connection.ts";
import { REGION } from "./data_out.ts";
import type { Pdu } from "./deframer.ts";
import { RejectError } from "./errors.ts";
import { readAhs } from "./pdu/ahs.ts";
import { decodeLun } from "./pdu/lun.ts";
import { scsiCommand } from "./pdu/scsi_command.ts";
import { type IscsiTask, phase } from "./task.ts";
import { transportSense } from "./transport_sense.ts";

/** Where the immediate data of a command goes; `undefined` when there should be none. */
export function placeImmediate(
  connection: Connection,
  bytes: Uint8Array,
  base: number,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { session } = connection;
  const expected = scsiCommand.expectedDataTransferLength.get(bytes, base);
  if (!mayBringData(connection, bytes, base, length)) return undefined;
  const burst = session.bursts.take(0, Math.min(expected, REGION), true);
  if (burst === undefined) return undefined;
  connection.immediateData = burst;
  return burst.buffer.subarray(0, length);
}

/** Takes a SCSI Command whose turn has come. */
export function receiveCommand(connection: Connection, pdu: Pdu): void {
  const { session } = connection;
  const { bytes, base } = pdu;
  const initiatorTaskTag = scsiCommand.initiatorTaskTag.get(bytes, base);
  const immediate = scsiCommand.immediate.get(bytes, base);
  if (session.type === "Discovery") throw refused(immediate, "a discovery session serves no commands");
  if (initiatorTaskTag === RESERVED_TAG) throw refused(immediate, "its task tag is the reserved one");
  if (session.tasks.find(initiatorTaskTag) !== undefined) {
    throw new RejectError(rejectReason.taskInProgress, "Cannot start the command: its task tag is in use");
  }
  const content = pdu.ahsLength > 0
    ? readAhs(bytes.subarray(base + BHS_LENGTH, base + BHS_LENGTH + pdu.ahsLength))
    : undefined;
  const task = session.takeTask(initiatorTaskTag, immediate, connection);
  if (task === undefined) {
    throw new RejectError(rejectReason.immediateCommandReject, "Cannot start the command: too many immediate ones");
  }
  task.cmdSn = scsiCommand.cmdSn.get(bytes, base);
  task.attribute = scsiCommand.attribute.get(bytes, base);
  task.lun = decodeLun(bytes, base + scsiCommand.lun.offset);
  copy(bytes, base + scsiCommand.lun.offset, task.lunField, 8);
  copy(bytes, base + scsiCommand.cdb.offset, task.cdb, 16);
  if (content?.extendedCdb !== undefined) extendCdb(task, content.extendedCdb);
  const expected = scsiCommand.expectedDataTransferLength.get(bytes, base);
  const write = scsiCommand.write.get(bytes, base);
  task.expectedDataOut = write ? expected : 0;
  task.expectedDataIn = !write ? expected : scsiCommand.read.get(bytes, base) ? content?.readDataLength ?? 0 : 0;
  takeFirstBurst(task, pdu);
  task.phase = phase.ready;
  session.ready.push(task);
}

/** Immediate data, and the room for what comes unasked (RFC 7143 §11.3.1, §13.10, §13.11). */
function takeFirstBurst(task: IscsiTask, pdu: Pdu): void {
  const { connection } = task;
  const { session } = connection;
  const { bytes, base, dataLength } = pdu;
  const final = scsiCommand.final.get(bytes, base);
  task.unsolicited = !final && task.expectedDataOut > 0 && !session.parameters.initialR2T;
  let burst = connection.takeImmediate();
  if (dataLength > 0 && burst === undefined) {
    // The data is nowhere: it was not allowed, or too long (RFC 7143 §11.4.7.2).
    task.status = CHECK_CONDITION;
    task.sense = transportSense.unexpectedUnsolicitedData;
  }
  if (task.unsolicited && burst === undefined) {
    burst = session.bursts.take(0, Math.min(task.expectedDataOut, REGION), true);
  }
  if (burst === undefined) return;
  burst.filled = dataLength;
  burst.requested = dataLength;
  if (task.unsolicited) {
    burst.open = true;
    burst.requested = Math.min(task.expectedDataOut, session.parameters.firstBurstLength);
  }
  task.bursts.push(burst);
}

function mayBringData(connection: Connection, bytes: Uint8Array, base: number, length: number): boolean {
  const { parameters } = connection.session;
  return parameters.immediateData && length <= parameters.firstBurstLength &&
    scsiCommand.write.get(bytes, base) && length <= scsiCommand.expectedDataTransferLength.get(bytes, base);
}

function extendCdb(task: IscsiTask, rest: Uint8Array): void {
  if (task.cdb.length < 260) {
    const short = task.cdb;
    task.cdb = new Uint8Array(260);
    task.cdb.set(short);
  }
  task.cdb.set(rest, 16);
  task.cdbLength = 16 + rest.length;
}

function refused(immediate: boolean, state: string): RejectError {
  return new RejectError(
    immediate ? rejectReason.immediateCommandReject : rejectReason.protocolError,
    `Cannot start the command: ${state}`,
  );
}

/** Typed array copies of a few bytes cost less in a loop than through a view. */
function copy(from: Uint8Array, at: number, to: Uint8Array, length: number): void {
  for (let i = 0; i < length; i++) to[i] = from[at + i] as number;
}

/** SAM-5 §5.3.1. */
const CHECK_CONDITION = 0x02;
