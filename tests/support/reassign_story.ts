/**
 * Connections that are cut while a READ or a WRITE runs.
 *
 * @module
 */

import { pattern } from "./cdbs.ts";
import type { ProtocolHarness } from "./protocol_harness.ts";
import type { Peer } from "./protocol_peer.ts";
import { atLevel } from "./recovery_story.ts";

/** Bytes that a command moves. */
export const length = 8192;

/** What it moves. */
export const data = pattern(length, 7);

/** Eight segments in two bursts. */
export const small = { MaxRecvDataSegmentLength: "1024", MaxBurstLength: "4096", FirstBurstLength: "2048" };

/** What has come is lost. */
export function lose(peer: Peer): void {
  while (peer.next() !== undefined);
}

/** Cuts a connection: what came last is lost. */
export function cut(peer: Peer): void {
  peer.end();
  lose(peer);
}

/** A login at an ErrorRecoveryLevel with small segments and the usual times. */
export function login(level: number): Parameters<ProtocolHarness["session"]>[0] {
  return atLevel(level, { ...small, DefaultTime2Wait: "2", DefaultTime2Retain: "20" });
}

/** Lets the store answer until so many Data-In have come. */
export async function readUntil(house: ProtocolHarness, peer: Peer, pieces: number): Promise<Uint8Array[]> {
  const came: Uint8Array[] = [];
  const { expStatSn } = peer;
  const take = (): void => {
    for (let answer = peer.next(); answer !== undefined; answer = peer.next()) came.push(answer.data);
    // As if the status had been lost.
    peer.expStatSn = expStatSn;
  };
  if (pieces === Infinity) house.store.holding.clear();
  while (came.length < pieces && house.store.waiting > 0) {
    await house.store.release(pieces === Infinity ? Infinity : 1);
    take();
  }
  take();
  return came;
}
