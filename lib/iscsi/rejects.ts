/**
 * Rejects: a PDU goes back with the reason why it was of no use (RFC 7143 §11.17).
 *
 * Tested in tests/protocol/rejects_test.ts.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { BHS_LENGTH, opcode, RESERVED_TAG } from "./constants.ts";
import type { Pdu } from "./deframer.ts";
import { reject } from "./pdu/reject.ts";

/** Sends the header of a PDU back, as far as the initiator takes it, with the reason (RFC 7143 §11.17, §13.12). */
export function sendReject(connection: Connection, reason: number, pdu: Pdu): void {
  const { sender, control: frame } = connection;
  const length = Math.min(BHS_LENGTH + pdu.ahsLength, connection.initiatorMaxRecvDataSegmentLength);
  sender.open(frame, length, true);
  const { bytes, start } = frame;
  reject.opcode.set(bytes, opcode.reject, start);
  reject.final.set(bytes, true, start);
  reject.reason.set(bytes, reason, start);
  reject.initiatorTaskTag.set(bytes, RESERVED_TAG, start);
  reject.statSn.set(bytes, connection.nextStatSn(), start);
  connection.setCommandSns(reject, bytes, start);
  bytes.set(pdu.bytes.subarray(pdu.base, pdu.base + length), sender.dataStart(frame));
  sender.close(frame, length);
}
