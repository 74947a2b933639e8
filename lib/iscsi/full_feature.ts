/**
 * Full feature phase: requests in the order of their CmdSN, each to the one who deals with it (RFC 7143 §4.2.2.1, §8).
 *
 * Data path: no allocation per PDU that comes in order.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { opcode, rejectReason } from "./constants.ts";
import { receiveCommand } from "./command.ts";
import { receiveDataOut } from "./data_out.ts";
import type { Pdu } from "./deframer.ts";
import { ConnectionError, RejectError } from "./errors.ts";
import { copyOf, type HeldRequest } from "./held_request.ts";
import { bhs, commandNumbers } from "./pdu/bhs.ts";
import { receiveLogout, receiveNopOut, receiveText } from "./requests.ts";
import type { Session } from "./session.ts";
import { receiveSnack } from "./snack.ts";
import { receiveTaskManagement } from "./task_management.ts";

/** Who deals with a request. */
interface Receiver {
  /** The request takes a place in the command window. */
  readonly numbered: boolean;
  /** It becomes a task, and keeps its place until that has ended; others are answered on the spot. */
  readonly task?: true;
  receive(connection: Connection, pdu: Pdu): void;
}

const receivers: (Receiver | undefined)[] = new Array<Receiver | undefined>(64).fill(undefined);
receivers[opcode.scsiCommand] = { numbered: true, task: true, receive: receiveCommand };
receivers[opcode.scsiDataOut] = { numbered: false, receive: receiveDataOut };
receivers[opcode.taskManagementRequest] = { numbered: true, task: true, receive: receiveTaskManagement };
receivers[opcode.textRequest] = { numbered: true, receive: receiveText };
receivers[opcode.logoutRequest] = { numbered: true, receive: receiveLogout };
receivers[opcode.nopOut] = { numbered: true, receive: receiveNopOut };
receivers[opcode.snackRequest] = { numbered: false, receive: receiveSnack };
receivers[opcode.loginRequest] = { numbered: false, receive: receiveLogin };

/** Takes a PDU in full feature phase; see {@link Connection.receive}. */
export function receiveFullFeature(connection: Connection, pdu: Pdu): void {
  const { bytes, base } = pdu;
  if (connection.receipts !== undefined) connection.acknowledge(commandNumbers.expStatSn.get(bytes, base));
  const receiver = receivers[bhs.opcode.get(bytes, base)];
  if (receiver === undefined) {
    throw new RejectError(rejectReason.commandNotSupported, "Cannot receive the PDU: its opcode is not known");
  }
  if (connection.loggedOut) {
    throw new RejectError(rejectReason.waitingForLogout, "Cannot receive the PDU: the connection has logged out");
  }
  // A damaged PDU counts as not received, but for Data-Out, which knows its task (RFC 7143 §7.8).
  if (pdu.dataDigestError && receiver.receive !== receiveDataOut) {
    // At level 0 it does not come again, and all that waits behind its CmdSN would wait for ever (RFC 7143 §7.1.4.1).
    const missed = receiver.numbered && !bhs.immediate.get(bytes, base);
    if (missed && connection.recovery === undefined) connection.closing = true;
    throw new RejectError(rejectReason.dataDigestError, "Cannot use the data segment: data digest error");
  }
  if (!receiver.numbered || bhs.immediate.get(bytes, base)) return receiver.receive(connection, pdu);
  const { session } = connection;
  const { window } = session;
  const cmdSn = commandNumbers.cmdSn.get(bytes, base);
  const place = window.place(cmdSn);
  // What lies outside the window is silently ignored (RFC 7143 §4.2.2.1).
  if (place < 0) return;
  if (place > 0) {
    window.hold(cmdSn, copyOf(connection, pdu));
    return;
  }
  deliver(connection, receiver, pdu);
  if (window.held === 0 && !session.managementWaits) return;
  connection.returnImmediate();
  receiveHeld(session);
}

/** Hands on what came too early and has its turn now. */
export function receiveHeld(session: Session): void {
  const { window } = session;
  for (let held = window.takeHeld(); held !== undefined; held = window.takeHeld()) replay(held);
  session.resumeManagement();
}

/**
 * Hands on the request that was next. Its place is free again as soon as nothing will be answered to it any more. What is
 * refused does not hold up those that wait behind it.
 */
function deliver(connection: Connection, receiver: Receiver, pdu: Pdu): void {
  const { window } = connection.session;
  window.advance();
  if (receiver.task === undefined) window.answered();
  try {
    receiver.receive(connection, pdu);
  } catch (error) {
    if (!(error instanceof RejectError)) throw error;
    if (receiver.task !== undefined) window.answered();
    connection.refuse(error, pdu);
  }
}

function replay({ connection, pdu, immediateData }: HeldRequest): void {
  connection.immediateData = immediateData;
  try {
    deliver(connection, receivers[bhs.opcode.get(pdu.bytes, pdu.base)] as Receiver, pdu);
  } finally {
    connection.returnImmediate();
  }
}

/** RFC 7143 §6.3: a login belongs before full feature phase. */
function receiveLogin(): void {
  throw new ConnectionError("Cannot log in: the connection is in full feature phase");
}
