/**
 * Data from the target (RFC 7143 §11.7): pieces of the send buffer are lent to the command, and leave as Data-In PDUs cut
 * at the initiator's MaxRecvDataSegmentLength and at MaxBurstLength. The status rides on the last one when it is GOOD.
 *
 * Data path: no allocation but the view that is lent.
 *
 * @module
 */

import { opcode, RESERVED_TAG } from "./constants.ts";
import type { Connection } from "./connection.ts";
import { dataIn } from "./pdu/data_in.ts";
import { setResidual } from "./residual.ts";
import type { IscsiTask } from "./task.ts";

/**
 * Lends the next piece of at most `left` bytes; the piece before is sent. `urgent` answers do not wait for room.
 *
 * @returns `undefined` when the send buffers are full.
 */
export function openDataIn(task: IscsiTask, left: number, urgent = false): Uint8Array | undefined {
  const connection = task.connection;
  if (task.frame.open) {
    sendDataIn(task, false);
    // The last part goes out with the outcome; this one would wait for it, and room for the next may depend on it.
    connection.wake();
  }
  const room = Math.min(left, task.expectedDataIn - task.moved, connection.session.maxBurstLength - task.sequence);
  const length = Math.min(room, connection.maxDataIn);
  const sender = connection.sender;
  if (!sender.open(task.frame, length, urgent)) return undefined;
  task.frameData = length;
  const start = sender.dataStart(task.frame);
  return task.frame.bytes.subarray(start, start + length);
}

/** Queues the open piece as a Data-In PDU; `last` puts GOOD status into it (RFC 7143 §11.7.3). */
export function sendDataIn(task: IscsiTask, last: boolean): void {
  if (task.stranded !== undefined) return sendStranded(task, task.stranded, last);
  const { frame, frameData: length, connection } = task;
  const { bytes, start } = frame;
  task.sequence += length;
  const final = last || task.sequence >= connection.session.maxBurstLength ||
    task.moved + length >= Math.min(task.transferLength, task.expectedDataIn);
  if (final) task.sequence = 0;
  dataIn.opcode.set(bytes, opcode.scsiDataIn, start);
  dataIn.final.set(bytes, final, start);
  dataIn.initiatorTaskTag.set(bytes, task.initiatorTaskTag, start);
  dataIn.targetTransferTag.set(bytes, RESERVED_TAG, start);
  dataIn.dataSn.set(bytes, task.dataSn++, start);
  dataIn.bufferOffset.set(bytes, task.moved, start);
  task.moved += length;
  if (last) {
    dataIn.hasStatus.set(bytes, true, start);
    dataIn.status.set(bytes, task.status, start);
    dataIn.statSn.set(bytes, connection.nextStatSn(), start);
    setResidual(dataIn, task, task.expectedDataIn, bytes, start);
  } else if (final && connection.recovery !== undefined && task.moved < task.transferLength) {
    askAcknowledgement(task, bytes, start);
  }
  connection.setCommandSns(dataIn, bytes, start);
  connection.sender.close(frame, length);
}

/**
 * The A bit at the end of each sequence but the last, whose data is acknowledged with the status: what the initiator has
 * need not be kept any longer (RFC 7143 §11.7.2).
 */
function askAcknowledgement(task: IscsiTask, bytes: Uint8Array, start: number): void {
  dataIn.acknowledge.set(bytes, true, start);
  dataIn.targetTransferTag.set(bytes, task.connection.session.transferTag(task), start);
  bytes.set(task.lunField, start + dataIn.lun.offset);
}

/** The open piece lies in the buffers of a connection that has gone: it leaves in new ones, cut anew. */
function sendStranded(task: IscsiTask, from: Connection, last: boolean): void {
  const { connection, frame, frameData: length } = task;
  const start = from.sender.dataStart(frame);
  const data = frame.bytes.slice(start, start + length);
  task.cancelFrame();
  for (let at = 0; at < length;) {
    const piece = data.subarray(at, at + Math.min(connection.maxDataIn, length - at));
    connection.sender.open(frame, piece.length, true);
    frame.bytes.set(piece, connection.sender.dataStart(frame));
    task.frameData = piece.length;
    at += piece.length;
    sendDataIn(task, last && at === length);
  }
}
