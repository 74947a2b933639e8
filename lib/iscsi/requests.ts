/**
 * Requests that are answered on the spot: NOP-Out, Text and Logout (RFC 7143 §11.18, §11.10, §11.14).
 *
 * @module
 */

import { BHS_LENGTH, logoutOutcome, logoutReason, opcode, rejectReason, RESERVED_TAG } from "./constants.ts";
import type { Connection } from "./connection.ts";
import type { Pdu } from "./deframer.ts";
import { RejectError } from "./errors.ts";
import { logoutRequest, logoutResponse } from "./pdu/logout.ts";
import { nopIn, nopOut } from "./pdu/nop.ts";
import { textRequest, textResponse } from "./pdu/text.ts";
import { TextNegotiation } from "./text_negotiation.ts";

/** Answers a ping with what came with it, cut to what the initiator takes; or takes the answer to ours. */
export function receiveNopOut(connection: Connection, pdu: Pdu): void {
  const { bytes, base } = pdu;
  const initiatorTaskTag = nopOut.initiatorTaskTag.get(bytes, base);
  if (initiatorTaskTag === RESERVED_TAG) {
    // Without a tag of ours it only tells ExpStatSN.
    if (nopOut.targetTransferTag.get(bytes, base) !== RESERVED_TAG) connection.keepAlive.answered();
    return;
  }
  const { sender, control } = connection;
  const length = Math.min(pdu.dataLength, connection.maxDataIn);
  sender.open(control, length, true);
  const out = control.bytes;
  const { start } = control;
  nopIn.opcode.set(out, opcode.nopIn, start);
  nopIn.final.set(out, true, start);
  nopIn.lun.set(out, nopOut.lun.get(bytes, base), start);
  nopIn.initiatorTaskTag.set(out, initiatorTaskTag, start);
  nopIn.targetTransferTag.set(out, RESERVED_TAG, start);
  nopIn.statSn.set(out, connection.nextStatSn(), start);
  connection.setCommandSns(nopIn, out, start);
  out.set(pdu.data.subarray(0, length), sender.dataStart(control));
  sender.close(control, length);
}

/** Takes a step of a Text negotiation. */
export function receiveText(connection: Connection, pdu: Pdu): void {
  const { bytes, base } = pdu;
  const step = (connection.text ??= textNegotiation(connection)).step(
    bytes.subarray(base, base + BHS_LENGTH),
    pdu.data,
  );
  const { sender, control } = connection;
  sender.open(control, step.text.length, true);
  const out = control.bytes;
  const { start } = control;
  textResponse.opcode.set(out, opcode.textResponse, start);
  textResponse.final.set(out, step.final, start);
  textResponse.continued.set(out, step.continued, start);
  textResponse.lun.set(out, textRequest.lun.get(bytes, base), start);
  textResponse.initiatorTaskTag.set(out, textRequest.initiatorTaskTag.get(bytes, base), start);
  textResponse.targetTransferTag.set(out, step.targetTransferTag, start);
  textResponse.statSn.set(out, connection.nextStatSn(), start);
  connection.setCommandSns(textResponse, out, start);
  out.set(step.text, sender.dataStart(control));
  sender.close(control, step.text.length);
  const settled = step.settled;
  if (settled?.initiatorMaxRecvDataSegmentLength !== undefined) {
    connection.setMaxDataIn(settled.initiatorMaxRecvDataSegmentLength);
  }
  if (settled?.targetMaxRecvDataSegmentLength !== undefined) {
    connection.deframer.maxDataSegmentLength = settled.targetMaxRecvDataSegmentLength;
  }
}

/** Closes the session or a connection (RFC 7143 §11.14, §11.15). */
export function receiveLogout(connection: Connection, pdu: Pdu): void {
  const { bytes, base } = pdu;
  const { session } = connection;
  const reason = logoutRequest.reason.get(bytes, base);
  const cid = logoutRequest.cid.get(bytes, base);
  const closing = connectionsToClose(connection, reason, cid);
  const recovers = reason === logoutReason.removeForRecovery && closing.outcome === logoutOutcome.closed;
  // Tasks of a connection that logs out end without a word (RFC 7143 §11.14).
  if (!recovers) { for (const each of closing.connections) session.abortTasks(each); }
  const { sender, control } = connection;
  sender.open(control, 0, true);
  const { bytes: out, start } = control;
  logoutResponse.opcode.set(out, opcode.logoutResponse, start);
  logoutResponse.final.set(out, true, start);
  logoutResponse.response.set(out, closing.outcome, start);
  logoutResponse.initiatorTaskTag.set(out, logoutRequest.initiatorTaskTag.get(bytes, base), start);
  logoutResponse.statSn.set(out, connection.nextStatSn(), start);
  connection.setCommandSns(logoutResponse, out, start);
  logoutResponse.time2Wait.set(out, session.parameters.defaultTime2Wait, start);
  if (recovers) logoutResponse.time2Retain.set(out, session.parameters.defaultTime2Retain, start);
  sender.close(control, 0);
  if (reason === logoutReason.closeSession) session.end();
  for (const each of closing.connections) {
    if (recovers) session.retention?.keep(each);
    each.loggedOut = true;
    each.closing = true;
    if (each !== connection) each.wake();
  }
  if (closing.connections.length > 0) connection.report({ kind: "logout", reason });
}

function connectionsToClose(
  connection: Connection,
  reason: number,
  cid: number,
): { outcome: number; connections: readonly Connection[] } {
  const { connections, retention, type } = connection.session;
  switch (reason) {
    case logoutReason.closeSession:
      return { outcome: logoutOutcome.closed, connections: [...connections.values()] };
    case logoutReason.closeConnection: {
      const named = connections.get(cid) ?? retention?.find(cid);
      if (named === undefined) return { outcome: logoutOutcome.cidNotFound, connections: [] };
      retention?.drop(named);
      return { outcome: logoutOutcome.closed, connections: [named] };
    }
    case logoutReason.removeForRecovery: {
      const named = connections.get(cid) ?? retention?.find(cid);
      if (named === undefined && type === "Normal") return { outcome: logoutOutcome.cidNotFound, connections: [] };
      if (retention === undefined || named === undefined) {
        return { outcome: logoutOutcome.recoveryNotSupported, connections: [] };
      }
      return { outcome: logoutOutcome.closed, connections: [named] };
    }
  }
  throw new RejectError(rejectReason.invalidPduField, `Cannot log out: there is no reason ${reason}`);
}

function textNegotiation(connection: Connection): TextNegotiation {
  const { session } = connection;
  return new TextNegotiation({
    host: connection.host,
    local: connection.host.local,
    initiatorName: session.initiatorName,
    targetName: session.type === "Normal" ? session.targetName : undefined,
    initiatorMaxRecvDataSegmentLength: connection.initiatorMaxRecvDataSegmentLength,
  });
}
