/**
 * Answers an R2T as an initiator should.
 *
 * @module
 */

import { dataOut } from "../../lib/iscsi/pdu/mod.ts";
import type { Peer } from "./protocol_peer.ts";

/** What an R2T asks for. */
export interface Asked {
  readonly initiatorTaskTag: number;
  readonly targetTransferTag: number;
  readonly bufferOffset: number;
  readonly desiredDataTransferLength: number;
}

/** Sends the bytes of `data` that an R2T asks for, in segments of at most `segment` bytes. */
export function sendSequence(peer: Peer, asked: Asked, data: Uint8Array, segment = 8192): void {
  const { initiatorTaskTag, targetTransferTag, bufferOffset, desiredDataTransferLength } = asked;
  const end = bufferOffset + desiredDataTransferLength;
  for (let at = bufferOffset, dataSn = 0; at < end; at += segment, dataSn++) {
    const piece = data.subarray(at, Math.min(at + segment, end));
    const final = at + segment >= end;
    peer.send(dataOut, { initiatorTaskTag, targetTransferTag, bufferOffset: at, dataSn, final }, piece);
  }
}
