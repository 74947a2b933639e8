/**
 * Text Requests of a story.
 *
 * @module
 */

import { dataIn } from "../../lib/iscsi/pdu/mod.ts";
import { read10 } from "./cdbs.ts";
import { ADDRESS, TARGET } from "./protocol_harness.ts";
import type { LogIn, Peer } from "./protocol_peer.ts";

/** A login to a discovery session. */
export const discovery: LogIn = { isid: 9, keys: { SessionType: "Discovery", TargetName: undefined } };

/** A login to a normal session. */
export const normal: LogIn = {};

/** What discovery says of the target of stories. */
export const own = [["TargetName", TARGET], ["TargetAddress", `${ADDRESS},1`]] as const;

/** Text as it goes into a data segment. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Reads and says the length of the longest segment of Data-In. */
export function longestSegment(peer: Peer): number {
  peer.command(read10(0, 16), { read: 8192 });
  let longest = 0;
  for (let moved = 0; moved < 8192;) {
    const { data } = peer.expect(dataIn);
    longest = Math.max(longest, data.length);
    moved += data.length;
  }
  return longest;
}
