/**
 * The pings of a target, and how a story answers them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/mod.ts";
import type { Peer } from "./protocol_peer.ts";

/** The target's ping, which must have come. */
export function pinged(peer: Peer): number {
  const ping = peer.expect(nopIn);
  assertEquals([ping.initiatorTaskTag, ping.final, ping.data.length], [0xffffffff, true, 0]);
  assert(ping.targetTransferTag !== 0xffffffff);
  assertEquals(ping.statSn, peer.expStatSn);
  return ping.targetTransferTag;
}

/** Answers a ping. */
export function answer(peer: Peer, targetTransferTag: number): void {
  peer.send(nopOut, { immediate: true, initiatorTaskTag: 0xffffffff, targetTransferTag });
  peer.expectNothing();
}
