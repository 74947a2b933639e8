/**
 * The pings of a target (RFC 7143 §11.19), counted beside a proxy.
 *
 * @module
 */

import { BufferPool } from "../../lib/bytes/pool.ts";
import { opcode } from "../../lib/iscsi/constants.ts";
import { Deframer } from "../../lib/iscsi/deframer.ts";
import type { Listening } from "./proxy.ts";

/** Counts the NOP-In PDUs on connections without digests; see `Proxy`. */
export class Pings {
  /** How many there have been. */
  count = 0;

  /** Listens to one more connection. */
  listen(): Listening {
    const deframer = new Deframer({ place: () => undefined }, new BufferPool());
    deframer.maxDataSegmentLength = 2 ** 24 - 1;
    return {
      heard: (side, bytes) => {
        if (side === "initiator") return;
        for (let rest = bytes; rest.length > 0;) {
          const room = deframer.want();
          const piece = rest.subarray(0, room.length);
          room.set(piece);
          deframer.fill(piece.length);
          rest = rest.subarray(piece.length);
          for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) {
            if (((pdu.bytes[pdu.base] ?? 0) & 0x3f) === opcode.nopIn) this.count++;
          }
        }
      },
    };
  }
}
