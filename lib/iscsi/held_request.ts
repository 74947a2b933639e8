/**
 * Numbered requests that came before their turn.
 *
 * Tested in tests/protocol/numbering_test.ts.
 *
 * @module
 */

import type { Burst } from "./burst.ts";
import type { Connection } from "./connection.ts";
import { BHS_LENGTH } from "./constants.ts";
import type { Pdu } from "./deframer.ts";

/** A copy of the PDU of a request that waits. */
export interface HeldRequest {
  readonly connection: Connection;
  readonly pdu: Pdu;
  readonly immediateData: Burst | undefined;
}

/** Keeps what the deframer will write over. */
export function copyOf(connection: Connection, pdu: Pdu): HeldRequest {
  const immediateData = connection.takeImmediate();
  return {
    connection,
    immediateData,
    pdu: {
      bytes: pdu.bytes.slice(pdu.base, pdu.base + BHS_LENGTH + pdu.ahsLength),
      base: 0,
      ahsLength: pdu.ahsLength,
      dataLength: pdu.dataLength,
      data: immediateData === undefined ? pdu.data.slice() : pdu.data,
      dataDigestError: pdu.dataDigestError,
    },
  };
}
