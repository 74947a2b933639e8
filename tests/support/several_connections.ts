/**
 * Sessions of several connections, which count CmdSN together.
 *
 * @module
 */

import type { ProtocolHarness } from "./protocol_harness.ts";
import type { Peer } from "./protocol_peer.ts";
import { join } from "./recovery_story.ts";

const keys = { MaxConnections: "4", InitialR2T: "Yes" };

/** A session with so many connections, with CIDs from 0 on, which count CmdSN together. */
export function several(house: ProtocolHarness, count: number, more: Record<string, string>[] = []): Peer[] {
  const first = house.session({ keys: { ...keys, ...more[0] } });
  const peers = [first];
  for (let cid = 1; cid < count; cid++) peers.push(join(house, first.connection.session, cid, more[cid]));
  return peers;
}

/** The CmdSN of the next command on any connection. */
export function turn(peers: readonly Peer[]): number {
  const cmdSn = Math.max(...peers.map((peer) => peer.cmdSn));
  for (const peer of peers) peer.cmdSn = cmdSn + 1;
  return cmdSn;
}
