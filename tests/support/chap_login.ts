/**
 * Logins with CHAP against a catalogue, one request at a time.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import type { Login, LoginStep } from "../../lib/iscsi/login.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { Authenticator, type AuthenticatorOptions } from "../../lib/target/authenticator.ts";
import { Catalogue, type PortalView } from "../../lib/target/catalogue.ts";
import { type ChapAccount, ChapAccounts } from "../../lib/target/chap_accounts.ts";
import { Target, type TargetOptions } from "../../lib/target/target.ts";
import { type Asked, askedBy } from "./chap.ts";
import { INITIATOR, type LoginFlags, newLogin, pairsOf, step, TARGET } from "./login_steps.ts";

/** A catalogue with one target. */
export function catalogueOf(
  target: Omit<TargetOptions, "name"> = {},
  options: { discovery?: readonly ChapAccount[]; authenticator?: AuthenticatorOptions } = {},
): Catalogue {
  return new Catalogue({
    targets: [new Target({ name: TARGET, ...target })],
    pool: new BufferPool(),
    authenticator: new Authenticator(options.authenticator),
    discovery: options.discovery && new ChapAccounts(options.discovery),
  }, () => {});
}

/** Alice's secret. */
export const SECRET = "a good secret";

/** The target's secret towards Alice. */
export const OURS = "our own secret";

/** Who may come in, and asks the target, too. */
export const alice: ChapAccount = { user: "alice", secret: SECRET, mutual: { user: "lunbox", secret: OURS } };

/** A catalogue with a target for Alice. */
export const catalogue = (): Catalogue => catalogueOf({ chap: [alice] });

/** A login at a portal of a catalogue. */
export function loginAt(catalogue: Catalogue, at: PortalView | string = "192.0.2.1:3260"): Login {
  return newLogin(catalogue.portal(at));
}

/** Flags of a request in the security stage that does not want to leave it. */
export const stay: LoginFlags = { transit: false, nextStage: 0 };

/** The keys of a normal session that wants CHAP. */
export const wantsChap: readonly TextPair[] = [
  ["InitiatorName", INITIATOR],
  ["SessionType", "Normal"],
  ["TargetName", TARGET],
  ["AuthMethod", "CHAP"],
];

/** A login that has been asked its challenge. */
export function challengedAt(
  catalogue: Catalogue,
  { algorithms = "5", first = wantsChap }: { algorithms?: string; first?: readonly TextPair[] } = {},
): { login: Login; asked: Asked } {
  const login = loginAt(catalogue);
  const chosen = step(login, stay, first);
  assertEquals([chosen.status, chosen.transit], [0, false], chosen.reason);
  const answer = step(login, stay, [["CHAP_A", algorithms]]);
  assertEquals([answer.status, answer.transit], [0, false], answer.reason);
  return { login, asked: askedBy(pairsOf(answer)) };
}

/** Status and reason of a step. */
export function verdict({ status, reason = "" }: LoginStep): readonly [status: number, reason: string] {
  return [status, reason];
}
