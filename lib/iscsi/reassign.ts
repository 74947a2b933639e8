/**
 * TASK REASSIGN (RFC 7143 §7.2.2, §11.5.1): a task whose connection has gone goes on with another.
 *
 * Tested in tests/protocol/recovery_reassign_test.ts.
 *
 * @module
 */

import { writeU16 } from "../bytes/layout.ts";
import type { Connection } from "./connection.ts";
import { opcode, taskManagementOutcome } from "./constants.ts";
import { proceedGathering } from "./data_out.ts";
import { voidSequences } from "./data_recovery.ts";
import { dataIn } from "./pdu/data_in.ts";
import { scsiResponse } from "./pdu/scsi_response.ts";
import { asResponse, sendAgain, sendDataAgain } from "./retransmit.ts";
import { finishManagement } from "./task_management.ts";
import { type IscsiTask, phase } from "./task.ts";
import type { TransferRecord } from "./transfer_record.ts";
import { transportSense } from "./transport_sense.ts";

/** Carries out TASK REASSIGN: the response first, then the task goes on (RFC 7143 §11.6). */
export function reassignTask(task: IscsiTask): void {
  const { connection, referencedTaskTag, expDataSn } = task;
  const { retention, tasks } = connection.session;
  if (retention === undefined) return finishManagement(task, taskManagementOutcome.reassignmentNotSupported);
  const referenced = tasks.find(referencedTaskTag);
  if (referenced !== undefined && referenced.managementFunction === 0 && !referenced.aborted) {
    const from = referenced.connection;
    if (!from.kept) return finishManagement(task, taskManagementOutcome.taskStillAllegiant);
    finishManagement(task, taskManagementOutcome.functionComplete);
    return moveTask(referenced, connection, expDataSn);
  }
  const from = retention.holderOf(referencedTaskTag);
  const transfer = from?.recovery?.transfer(referencedTaskTag);
  if (from === undefined || transfer === undefined) {
    return finishManagement(task, taskManagementOutcome.taskDoesNotExist);
  }
  finishManagement(task, taskManagementOutcome.functionComplete);
  moveOutcome(transfer, from, connection, expDataSn);
}

/** A task that has not ended: what was sent is sent again, what is missing is asked for again. */
function moveTask(task: IscsiTask, to: Connection, expDataSn: number): void {
  const from = task.connection;
  voidSequences(task);
  leaveSegments(task);
  task.connection = to;
  if (task.frame.open) task.stranded ??= from;
  const transfer = from.recovery?.transfer(task.initiatorTaskTag);
  if (transfer !== undefined) {
    if (moveData(transfer, from, to, expDataSn)) {
      sendDataAgain(to, transfer);
      task.dataSn = transfer.nextDataSn;
    } else {
      task.status = CHECK_CONDITION;
      task.sense = transportSense.snackRejected;
    }
  }
  from.interrupt();
  if (task.phase === phase.gathering) proceedGathering(task);
}

/** A data segment that is still coming by the old connection must not mix with what the new one brings. */
function leaveSegments({ bursts, connection: { deframer, session } }: IscsiTask): void {
  for (const burst of bursts) if (deframer.adopt(burst.buffer)) session.bursts.moveAway(burst);
}

/** A task that has ended: its data is sent again, and its status. */
function moveOutcome(transfer: TransferRecord, from: Connection, to: Connection, expDataSn: number): void {
  const { recovery } = to;
  if (recovery === undefined) return;
  const whole = moveData(transfer, from, to, expDataSn);
  recovery.adoptStatus(transfer, to.nextStatSn());
  const inData = transfer.status !== undefined && dataIn.opcode.get(transfer.status.header) === opcode.scsiDataIn;
  if (!whole || inData && transfer.dataIn.at(-1) !== transfer.status) {
    const response = asResponse(transfer);
    if (response !== undefined) {
      recovery.replaceStatus(transfer, response.header, whole ? response.data : refusal(response.header));
    }
  }
  if (whole) sendDataAgain(to, transfer);
  if (transfer.status !== undefined && transfer.status !== transfer.dataIn.at(-1)) sendAgain(to, transfer.status);
}

/**
 * Brings what was sent of a task to the record of another connection, cut to what that takes.
 *
 * @returns false when data that the initiator does not have is not there any more
 */
function moveData(transfer: TransferRecord, from: Connection, to: Connection, expDataSn: number): boolean {
  from.recovery?.release(transfer);
  to.recovery?.adopt(transfer);
  // A number that cannot be is to be ignored (RFC 7143 §11.5.6); 0 means that nothing has changed.
  const known = expDataSn >= transfer.acknowledged && expDataSn <= transfer.nextDataSn;
  return to.recovery?.recut(transfer, known ? expDataSn : transfer.acknowledged, to.maxDataIn) ?? false;
}

/** Turns a response into CHECK CONDITION, and returns its data segment. */
function refusal(header: Uint8Array): Uint8Array {
  scsiResponse.status.set(header, CHECK_CONDITION);
  const { snackRejected } = transportSense;
  const data = new Uint8Array(2 + snackRejected.length);
  writeU16(data, 0, snackRejected.length);
  data.set(snackRejected, 2);
  return data;
}

/** SAM-5 §5.3.1. */
const CHECK_CONDITION = 0x02;
