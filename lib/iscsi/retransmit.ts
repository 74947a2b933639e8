/**
 * Sends PDUs again that were sent before: exact copies but for ExpCmdSN and MaxCmdSN (RFC 7143 §11.16).
 *
 * Tested in tests/protocol/recovery_snack_test.ts.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { opcode } from "./constants.ts";
import type { KeptPdu } from "./kept_pdus.ts";
import { targetNumbers } from "./pdu/bhs.ts";
import { dataIn } from "./pdu/data_in.ts";
import { scsiResponse } from "./pdu/scsi_response.ts";
import type { TransferRecord } from "./transfer_record.ts";

/** Sends a PDU again. */
export function sendAgain(connection: Connection, { header, data }: KeptPdu): void {
  const { sender, control } = connection;
  sender.open(control, data.length, true);
  const { bytes, start } = control;
  bytes.set(header, start);
  connection.setCommandSns(targetNumbers, bytes, start);
  bytes.set(data, sender.dataStart(control));
  sender.closeCopy(control, data.length);
}

/** Sends all Data-In of a command again that is not acknowledged. */
export function sendDataAgain(connection: Connection, transfer: TransferRecord): void {
  for (const pdu of transfer.dataIn) if (pdu !== undefined) sendAgain(connection, pdu);
}

/** Puts the status of a command, which was sent in a Data-In or in a SCSI Response, into a SCSI Response (RFC 7143 §11.4). */
export function asResponse(
  { status, statSn, nextDataSn }: TransferRecord,
): { header: Uint8Array; data: Uint8Array } | undefined {
  if (status === undefined) return undefined;
  const old = status.header;
  if (dataIn.opcode.get(old) !== opcode.scsiDataIn) return { header: old.slice(), data: status.data.slice() };
  const header = scsiResponse.encode({
    opcode: opcode.scsiResponse,
    final: true,
    status: dataIn.status.get(old),
    initiatorTaskTag: dataIn.initiatorTaskTag.get(old),
    statSn,
    overflow: dataIn.overflow.get(old),
    underflow: dataIn.underflow.get(old),
    residualCount: dataIn.residualCount.get(old),
    expDataSn: nextDataSn,
  });
  return { header, data: new Uint8Array(0) };
}
