/**
 * Numbered requests that came before their turn.
 *
 * Tested in tests/protocol/numbering_test.ts.
 *
 * @module
 */

import type { Burst } from "./burst.ts";
import type { Connection } from "./connection.ts";
import { BHS_LENGTH, opcode } from "./constants.ts";
import type { Pdu } from "./deframer.ts";
import { bhs } from "./pdu/bhs.ts";

/** A copy of the PDU of a request that waits. */
export interface HeldRequest {
  readonly connection: Connection;
  readonly pdu: Pdu;
  /** What its data lies in: that of a command, which takes it over, or that of anything else. */
  readonly immediateData: Burst | undefined;
}

/** Keeps what the deframer will write over; the memory is the pool's, so that it counts. */
export function copyOf(connection: Connection, pdu: Pdu): HeldRequest {
  const immediateData = connection.takeImmediate();
  const { bytes, base, ahsLength, dataLength, dataDigestError } = pdu;
  const header = { bytes: bytes.slice(base, base + BHS_LENGTH + ahsLength), base: 0, ahsLength };
  // A command does not look at data for which there was no place.
  if (immediateData !== undefined || dataLength === 0 || bhs.opcode.get(bytes, base) === opcode.scsiCommand) {
    const data = immediateData === undefined ? NOTHING : pdu.data;
    return { connection, immediateData, pdu: { ...header, dataLength, data, dataDigestError } };
  }
  const burst = connection.session.bursts.take(0, dataLength, true) as Burst;
  const data = burst.buffer.subarray(0, dataLength);
  data.set(pdu.data);
  return { connection, immediateData: burst, pdu: { ...header, dataLength, data, dataDigestError } };
}

const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);
