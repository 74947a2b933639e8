/**
 * READs of which much is lost, and what comes again.
 *
 * @module
 */

import { pattern, read10 } from "./cdbs.ts";
import type { ProtocolHarness } from "./protocol_harness.ts";
import type { Peer } from "./protocol_peer.ts";

/** Segments of one block. */
export const small = { MaxRecvDataSegmentLength: "512" };

/** Reads eight blocks in segments of 512 bytes without a word of what has come; ExpStatSN stays. */
export function readUnacknowledged(
  house: ProtocolHarness,
  peer: Peer,
): { tag: number; headers: Uint8Array[]; data: Uint8Array } {
  const { expStatSn } = peer;
  const data = pattern(4096, 9);
  house.store.write(data, 0);
  const tag = peer.command(read10(0, 8), { read: 4096 });
  const headers = headersOf(peer);
  peer.expStatSn = expStatSn;
  return { tag, headers, data };
}

/** The headers of all answers, without ExpCmdSN and MaxCmdSN, which are those of the moment. */
export function headersOf(peer: Peer): Uint8Array[] {
  const headers: Uint8Array[] = [];
  for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
    headers.push(answer.header.fill(0, 28, 36));
  }
  return headers;
}

/** Bursts of two segments. */
export const bursts = { ...small, MaxBurstLength: "1024", FirstBurstLength: "512" };
