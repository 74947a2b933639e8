/**
 * Logins over the connection of a story, step by step.
 *
 * @module
 */

import type { Values } from "../../lib/bytes/layout.ts";
import { type loginRequest, loginResponse } from "../../lib/iscsi/pdu/mod.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { TARGET } from "./protocol_harness.ts";
import type { Peer } from "./protocol_peer.ts";

/** Fields of a Login Request; what is absent is as usual. */
export type LoginFields = Partial<Values<typeof loginRequest.fields>>;

/** Who logs in over the wire. */
export const INITIATOR = "iqn.2026-01.org.example:host";
/** The keys that every login of a normal session has. */
export const names: readonly TextPair[] = [["InitiatorName", INITIATOR], ["TargetName", TARGET]];
/** From the security stage to the operational one. */
export const security = { currentStage: 0, nextStage: 1 } as const;
/** From the operational stage to full feature phase. */
export const operational = { currentStage: 1, nextStage: 3 } as const;

/** One step: what is sent, what comes back. */
export function step(
  peer: Peer,
  fields: LoginFields,
  pairs: readonly TextPair[],
): [Values<typeof loginResponse.fields>, TextPair[]] {
  peer.deliver(peer.login(pairs, fields));
  return peer.expectText(loginResponse);
}

/** Class and detail as one number. */
export function statusOf({ statusClass, statusDetail }: { statusClass: number; statusDetail: number }): number {
  return statusClass << 8 | statusDetail;
}
