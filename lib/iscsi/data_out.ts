/**
 * Data from the initiator (RFC 7143 §11.7, §11.8): immediate data, unsolicited Data-Out, and R2Ts for the rest. Data is
 * received straight into the buffer that the command takes; whatever breaks a rule goes to a place where it does no harm,
 * is rejected, and ends its command.
 *
 * Data path: no allocation in steady state but the view that a command is given of its data.
 *
 * @module
 */

import { opcode, rejectReason, RESERVED_TAG } from "./constants.ts";
import type { Burst } from "./burst.ts";
import type { Connection } from "./connection.ts";
import { askAgain } from "./data_recovery.ts";
import type { Pdu } from "./deframer.ts";
import { dataOut } from "./pdu/data_out.ts";
import { r2t } from "./pdu/r2t.ts";
import { sendReject } from "./rejects.ts";
import { transportSense } from "./transport_sense.ts";
import { type IscsiTask, phase } from "./task.ts";

/** Bytes that a command takes at a time; also the longest R2T. */
export const REGION = 262144;

/** Bytes that a command which wants all of its data at once may take. */
export const MAX_GATHER = 1048576;

/** Begins to gather the data of a command; with `whole` all of it before the command takes any. */
export function gather(task: IscsiTask, whole: boolean): void {
  task.whole = whole;
  task.wanted = Math.min(task.transferLength, task.expectedDataOut);
  task.phase = phase.gathering;
  if (whole && task.wanted > MAX_GATHER) return fail(task, transportSense.incorrectAmountOfData);
  const first = task.bursts[0];
  if (first !== undefined) {
    // When more came, or is still to come unasked, than the command takes, the rest is of no use to it.
    task.connection.session.bursts.extend(first, whole ? task.wanted : Math.min(task.wanted, REGION));
    task.asked = first.end;
  }
  proceedGathering(task);
}

/** Asks for what may be asked for, and hands the task on when its next piece is there. */
export function proceedGathering(task: IscsiTask): void {
  if (!task.unsolicited) solicit(task);
  const first = task.bursts[0];
  if (task.phase !== phase.gathering || first === undefined || first.filled < first.end || first.open) return;
  task.phase = phase.arrived;
  task.data = first.buffer.subarray(0, first.end - first.start);
  task.dataOffset = first.start;
  task.dataLast = first.end >= task.wanted;
  task.connection.session.ready.push(task);
}

/** Gives back the piece that the command has taken. */
export function consume(task: IscsiTask): void {
  const first = task.bursts.shift();
  if (first !== undefined) task.connection.session.bursts.give(first);
}

/** Gives back everything that was gathered or asked for, but for what a data segment is coming into at the moment. */
export function discardBursts(task: IscsiTask): void {
  const { session, deframer } = task.connection;
  for (let burst = task.bursts.shift(); burst !== undefined; burst = task.bursts.shift()) {
    if (deframer.adopt(burst.buffer)) session.bursts.giveWithout(burst);
    else session.bursts.give(burst);
  }
}

/** Sends R2Ts, as many as MaxOutstandingR2T allows (RFC 7143 §13.17). */
function solicit(task: IscsiTask): void {
  const { session } = task.connection;
  while (task.openR2ts < session.maxOutstandingR2T) {
    let burst = task.bursts[task.bursts.length - 1];
    if (burst === undefined || burst.open || burst.filled >= burst.end) {
      if (burst?.open && burst.requested < burst.end) return;
      if (task.asked >= task.wanted) return;
      const end = task.whole ? task.wanted : Math.min(task.wanted, task.asked + REGION);
      // One burst every session may have: those of its tasks that find none wait until that one comes back.
      burst = session.bursts.take(task.asked, end, session.bursts.lent === 0);
      if (burst === undefined) {
        session.starve(task);
        return;
      }
      task.bursts.push(burst);
      task.asked = end;
    }
    sendR2t(task, burst, burst.end);
  }
}

/** Asks for the next sequence of a burst, up to `end` (RFC 7143 §11.8). */
export function sendR2t(task: IscsiTask, burst: Burst, end: number): void {
  const { connection } = task;
  const { session, sender } = connection;
  const length = Math.min(end - burst.filled, session.maxBurstLength);
  burst.requested = burst.filled + length;
  burst.open = true;
  burst.dataSn = 0;
  burst.targetTransferTag = session.transferTag(task);
  task.openR2ts++;
  const frame = connection.control;
  sender.open(frame, 0, true);
  const { bytes, start } = frame;
  r2t.opcode.set(bytes, opcode.r2t, start);
  r2t.final.set(bytes, true, start);
  bytes.set(task.lunField, start + r2t.lun.offset);
  r2t.initiatorTaskTag.set(bytes, task.initiatorTaskTag, start);
  r2t.targetTransferTag.set(bytes, burst.targetTransferTag, start);
  r2t.statSn.set(bytes, connection.statSn, start);
  connection.setCommandSns(r2t, bytes, start);
  r2t.r2tSn.set(bytes, task.r2tSn++, start);
  r2t.bufferOffset.set(bytes, burst.filled, start);
  r2t.desiredDataTransferLength.set(bytes, length, start);
  sender.close(frame, 0);
}

/** Where the data segment of a Data-Out goes, or `undefined` when it does not belong anywhere. */
export function placeDataOut(
  connection: Connection,
  bytes: Uint8Array,
  base: number,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  const task = findTask(connection, bytes, base);
  const burst = task && findBurst(task, dataOut.targetTransferTag.get(bytes, base));
  if (task === undefined || burst === undefined || task.connection !== connection) return undefined;
  const offset = dataOut.bufferOffset.get(bytes, base);
  if (offset !== burst.filled || offset + length > burst.requested) return undefined;
  return burst.buffer.subarray(offset - burst.start, offset - burst.start + length);
}

/** Takes a Data-Out PDU whose data is where `placeDataOut` wanted it. */
export function receiveDataOut(connection: Connection, pdu: Pdu): void {
  const { bytes, base } = pdu;
  const task = findTask(connection, bytes, base);
  const tag = dataOut.targetTransferTag.get(bytes, base);
  if (task === undefined) {
    // Data for a command that has just ended is on its way for no fault of the initiator's.
    if (connection.session.tasks.wasFinished(dataOut.initiatorTaskTag.get(bytes, base))) return;
    sendReject(connection, rejectReason.protocolError, pdu);
    return;
  }
  const burst = findBurst(task, tag);
  if (burst === undefined || task.connection !== connection) {
    // Late data of a sequence that was not waited for any longer.
    if (connection.recovery !== undefined && tag !== RESERVED_TAG && tag >>> 16 === task.generation) return;
    sendReject(connection, rejectReason.protocolError, pdu);
    if (tag === RESERVED_TAG) fail(task, transportSense.unexpectedUnsolicitedData);
    return;
  }
  const final = dataOut.final.get(bytes, base);
  if (task.status !== 0) {
    // It has failed already: one Reject was enough, and the rest only has to come to its end.
  } else if (pdu.dataDigestError) {
    sendReject(connection, rejectReason.dataDigestError, pdu);
    if (connection.recovery === undefined) fail(task, transportSense.protocolServiceCrcError);
    else burst.spoiled = true;
  } else if (connection.recovery !== undefined && dataOut.dataSn.get(bytes, base) !== burst.dataSn) {
    // A PDU before this one was lost (RFC 7143 §7.9); one that comes twice is of no account.
    if (dataOut.dataSn.get(bytes, base) > burst.dataSn) burst.spoiled = true;
  } else if (
    dataOut.bufferOffset.get(bytes, base) !== burst.filled && pdu.dataLength > 0 ||
    dataOut.dataSn.get(bytes, base) !== burst.dataSn ||
    burst.filled + pdu.dataLength > burst.requested
  ) {
    sendReject(connection, rejectReason.invalidPduField, pdu);
    fail(task, transportSense.incorrectAmountOfData);
  } else {
    burst.dataSn++;
    burst.filled += pdu.dataLength;
    if (tag === RESERVED_TAG) task.firstBurst += pdu.dataLength;
  }
  if (final) endSequence(task, burst);
}

/** The F bit has come: the sequence is over, whatever is missing stays missing (RFC 7143 §11.7.1). */
export function endSequence(task: IscsiTask, burst: Burst): void {
  const unasked = burst.targetTransferTag === RESERVED_TAG;
  if (unasked) task.unsolicited = false;
  else task.openR2ts--;
  burst.open = false;
  burst.targetTransferTag = RESERVED_TAG;
  if (burst.filled < burst.requested && !(burst.spoiled && askAgain(task, burst, unasked))) {
    fail(task, transportSense.incorrectAmountOfData);
  }
  if (task.phase === phase.draining) task.connection.session.drained(task);
  else if (task.phase === phase.gathering) proceedGathering(task);
}

/** Ends a command that has broken a rule of data transfer; its status waits until what was asked for has come. */
export function fail(task: IscsiTask, sense: Uint8Array): void {
  if (task.status !== 0 || task.phase === phase.dropped) return;
  task.status = 0x02;
  task.sense = sense;
  if (task.phase === phase.gathering || task.phase === phase.ready) task.connection.session.fail(task);
}

function findTask(connection: Connection, bytes: Uint8Array, base: number): IscsiTask | undefined {
  const tag = dataOut.targetTransferTag.get(bytes, base);
  const itt = dataOut.initiatorTaskTag.get(bytes, base);
  const { tasks } = connection.session;
  if (tag === RESERVED_TAG) return tasks.find(itt);
  const task = tasks.at(tag >>> 4 & 0xfff);
  return task !== undefined && task.initiatorTaskTag === itt ? task : undefined;
}

function findBurst(task: IscsiTask, tag: number): Burst | undefined {
  for (let i = 0; i < task.bursts.length; i++) {
    const burst = task.bursts[i] as Burst;
    if (burst.open && burst.targetTransferTag === tag) return burst;
  }
  return undefined;
}
