/**
 * What a session under load sends and gets besides reads and writes.
 *
 * Tested in tests/load/session_test.ts.
 *
 * @module
 */

import { readU16 } from "../bytes/layout.ts";
import { SessionClosedError } from "../initiator/errors.ts";
import type { SequenceNumbers } from "../initiator/numbers.ts";
import { asyncEvent, logoutReason, opcode, RESERVED_TAG } from "../iscsi/constants.ts";
import type { Pdu } from "../iscsi/deframer.ts";
import { ConnectionError, RejectError } from "../iscsi/errors.ts";
import { asyncMessage } from "../iscsi/pdu/async_message.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import { logoutRequest } from "../iscsi/pdu/logout.ts";
import { nopIn, nopOut } from "../iscsi/pdu/nop.ts";
import { reject } from "../iscsi/pdu/reject.ts";
import type { Outbox } from "./outbox.ts";

/** Tag of the logout: no slot has it. */
export const LOGOUT_TAG = 0xffff_fffe;

/** Asks for the end of the session. */
export function logoutHeader(numbers: SequenceNumbers): Uint8Array {
  return logoutRequest.encode({
    opcode: opcode.logoutRequest,
    immediate: true,
    final: true,
    reason: logoutReason.closeSession,
    initiatorTaskTag: LOGOUT_TAG,
    cmdSn: numbers.cmdSn,
    expStatSn: numbers.expStatSn,
  });
}

/** Answers the target's question whether we are there (RFC 7143 §11.19); news of the window needs no answer. */
export function answerPing({ bytes, base }: Pdu, numbers: SequenceNumbers, outbox: Outbox): void {
  const targetTransferTag = nopIn.targetTransferTag.get(bytes, base);
  if (targetTransferTag === RESERVED_TAG) return;
  outbox.other(nopOut.encode({
    opcode: opcode.nopOut,
    immediate: true,
    final: true,
    lun: nopIn.lun.get(bytes, base),
    initiatorTaskTag: RESERVED_TAG,
    targetTransferTag,
    cmdSn: numbers.cmdSn,
    expStatSn: numbers.expStatSn,
  }));
}

/** Whether an Asynchronous Message is more than news of the logical unit (RFC 7143 §11.9.1). */
export function endsSession({ bytes, base }: Pdu): boolean {
  return asyncMessage.asyncEvent.get(bytes, base) !== asyncEvent.scsiEvent;
}

/** Why the session cannot go on after a PDU that is no answer to a request. */
export function refuse({ bytes, base }: Pdu): Error {
  const code = bhs.opcode.get(bytes, base);
  if (code === opcode.asyncMessage) return new SessionClosedError("Cannot go on: the target ends the session");
  if (code === opcode.reject) {
    const reason = reject.reason.get(bytes, base);
    return new RejectError(reason, `Cannot have it done: the target rejected a PDU with reason ${reason}`);
  }
  return new ConnectionError(`Cannot understand the target: a PDU with opcode ${code.toString(16)}h answers nothing`);
}

/** The sense data behind its length (RFC 7143 §11.4.7.2); cut short when less is there. */
export function senseOf(data: Uint8Array): Uint8Array {
  return data.length < 2 ? new Uint8Array(0) : data.slice(2, 2 + readU16(data, 0));
}
