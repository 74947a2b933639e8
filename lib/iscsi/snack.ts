/**
 * SNACK Requests (RFC 7143 §11.16): the initiator has missed something, or says what it has.
 *
 * Tested in tests/protocol/recovery_snack_test.ts.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { rejectReason, snackType } from "./constants.ts";
import type { Pdu } from "./deframer.ts";
import { RejectError } from "./errors.ts";
import { withoutStatus } from "./kept_pdus.ts";
import { dataIn } from "./pdu/data_in.ts";
import { r2t } from "./pdu/r2t.ts";
import { scsiResponse } from "./pdu/scsi_response.ts";
import { snackRequest } from "./pdu/snack.ts";
import type { Recovery } from "./recovery.ts";
import { asResponse, sendAgain, sendDataAgain } from "./retransmit.ts";
import type { IscsiTask } from "./task.ts";
import { type Run, runOf, type TransferRecord } from "./transfer_record.ts";
import { transportSense } from "./transport_sense.ts";

/** What a SNACK says. */
interface Snack {
  readonly initiatorTaskTag: number;
  readonly tag: number;
  readonly begRun: number;
  readonly runLength: number;
}

/** Takes a SNACK Request. */
export function receiveSnack(connection: Connection, pdu: Pdu): void {
  const { recovery } = connection;
  // Nothing is kept to be sent again at ErrorRecoveryLevel 0.
  if (recovery === undefined) {
    throw new RejectError(rejectReason.snackReject, "Cannot send again: the ErrorRecoveryLevel is 0");
  }
  const { bytes, base } = pdu;
  const snack = {
    initiatorTaskTag: snackRequest.initiatorTaskTag.get(bytes, base),
    tag: snackRequest.targetTransferTag.get(bytes, base),
    begRun: snackRequest.begRun.get(bytes, base),
    runLength: snackRequest.runLength.get(bytes, base),
  };
  const type = snackRequest.type.get(bytes, base);
  switch (type) {
    case snackType.dataOrR2t:
      return sendMissing(connection, recovery, snack);
    case snackType.status:
      return sendStatuses(connection, recovery, snack);
    case snackType.dataAck:
      return acknowledge(recovery, snack);
    case snackType.rData:
      return sendRecut(connection, recovery, snack);
  }
  throw new RejectError(rejectReason.invalidPduField, `Cannot send again: there is no SNACK of type ${type}`);
}

function sendStatuses(connection: Connection, recovery: Recovery, { begRun, runLength }: Snack): void {
  const { first, end } = checked(runOf(begRun, runLength, recovery.acknowledgedStatSn, recovery.nextStatSn));
  for (let statSn = first; statSn !== end; statSn = statSn + 1 >>> 0) {
    const status = recovery.status(statSn);
    if (status !== undefined) sendAgain(connection, status);
  }
}

/** Data-In of a command that reads, R2Ts of one that writes. */
function sendMissing(connection: Connection, recovery: Recovery, snack: Snack): void {
  const { initiatorTaskTag, begRun, runLength } = snack;
  const transfer = recovery.transfer(initiatorTaskTag);
  const task = connection.session.tasks.find(initiatorTaskTag);
  if (transfer === undefined) {
    // Of a command that has sent nothing yet nothing is missing.
    if (task?.connection === connection && begRun === 0 && runLength === 0) return;
    throw neverSent();
  }
  if (transfer.r2ts.length > 0) return sendR2ts(connection, transfer, snack, task);
  const { first, end } = checked(runOf(begRun, runLength, transfer.acknowledged, transfer.nextDataSn));
  const missing = transfer.dataIn.slice(first - transfer.acknowledged, end - transfer.acknowledged);
  if (missing.includes(undefined)) throw forgotten(task);
  if (missing.some((pdu) => (pdu?.data.length ?? 0) > connection.maxDataIn)) {
    // It has declared a smaller segment since and has to say so (RFC 7143 §11.16.3).
    throw new RejectError(rejectReason.protocolError, "Cannot send data again: it would be too long now");
  }
  for (const pdu of missing) if (pdu !== undefined) sendAgain(connection, pdu);
}

/** An R2T that was answered is acknowledged by that. */
function sendR2ts(connection: Connection, transfer: TransferRecord, snack: Snack, task: IscsiTask | undefined): void {
  const { begRun, runLength } = snack;
  const open = transfer.r2ts.filter(({ header }) =>
    task?.bursts.some(({ open, targetTransferTag }) => open && targetTransferTag === r2t.targetTransferTag.get(header))
  );
  const oldest = open[0] === undefined ? transfer.nextR2tSn : r2t.r2tSn.get(open[0].header);
  const { first, end } = checked(runOf(begRun, runLength, oldest, transfer.nextR2tSn));
  for (const pdu of open) {
    const r2tSn = r2t.r2tSn.get(pdu.header);
    if (r2tSn >= first && r2tSn < end) sendAgain(connection, pdu);
  }
}

function acknowledge(recovery: Recovery, { tag, begRun, runLength }: Snack): void {
  const transfer = recovery.transferToAcknowledge(tag);
  if (transfer === undefined || runLength !== 0 || begRun > transfer.nextDataSn) {
    throw new RejectError(rejectReason.invalidDataAck, "Cannot take the acknowledgement: no data waits for it");
  }
  recovery.acknowledgeData(transfer, begRun);
}

/**
 * Sends all Data-In of a command that is not acknowledged, cut to what the initiator takes now, and the status, if it was
 * sent already, in a SCSI Response that shows the SNACK Tag (RFC 7143 §11.16.3).
 */
function sendRecut(connection: Connection, recovery: Recovery, snack: Snack): void {
  const { initiatorTaskTag, tag } = snack;
  const transfer = recovery.transfer(initiatorTaskTag);
  const task = connection.session.tasks.find(initiatorTaskTag);
  if (transfer === undefined || transfer.r2ts.length > 0) throw neverSent();
  if (!recovery.recut(transfer, transfer.acknowledged, connection.maxDataIn)) throw forgotten(task);
  if (task !== undefined && transfer.status === undefined) {
    task.dataSn = transfer.nextDataSn;
    task.snackTag = tag;
    return sendDataAgain(connection, transfer);
  }
  const response = asResponse(transfer);
  if (response !== undefined) {
    scsiResponse.snackTag.set(response.header, tag);
    scsiResponse.expDataSn.set(response.header, transfer.nextDataSn);
    recovery.replaceStatus(transfer, response.header, response.data);
  }
  for (const pdu of transfer.dataIn) {
    if (pdu !== undefined && dataIn.hasStatus.get(pdu.header)) withoutStatus(pdu.header);
  }
  sendDataAgain(connection, transfer);
  if (transfer.status !== undefined) sendAgain(connection, transfer.status);
}

function checked(run: Run | undefined): Run {
  if (run === undefined) throw neverSent();
  return run;
}

/** RFC 7143 §11.16. */
function neverSent(): RejectError {
  return new RejectError(rejectReason.protocolError, "Cannot send again: it was never sent, or has been acknowledged");
}

/** The data is not there any more: a command that still runs ends with what RFC 7143 §11.4.7.2 says to it. */
function forgotten(task: IscsiTask | undefined): RejectError {
  if (task !== undefined && task.status === 0) {
    task.status = CHECK_CONDITION;
    task.sense = transportSense.snackRejected;
  }
  return new RejectError(rejectReason.snackReject, "Cannot send data again: it is not kept any more");
}

/** SAM-5 §5.3.1. */
const CHECK_CONDITION = 0x02;
