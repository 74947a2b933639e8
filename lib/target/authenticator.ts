/**
 * How logins are authenticated: CHAP with the machine's hashes and random bytes.
 *
 * @module
 */

import { type AuthenticationMethod, noAuthentication } from "../iscsi/authentication.ts";
import { chapAlgorithmsNamed, chapAuthentication, type ChapGuard, type ChapPrimitives } from "../iscsi/chap.ts";
import { type ChapAlgorithm, chapAlgorithms } from "../iscsi/chap_algorithms.ts";
import { ChapChallenges } from "../iscsi/chap_challenges.ts";
import type { ChapAccounts } from "./chap_accounts.ts";
import { machineChapPrimitives } from "./chap_primitives.ts";

/** What is special about a server's CHAP. */
export interface AuthenticatorOptions {
  /** Names of acceptable algorithms, the one that we like best first: SHA3-256, SHA256, SHA1, MD5 by default. */
  readonly algorithms?: readonly string[] | undefined;
  /** Random bytes and hashes; the machine's by default. */
  readonly primitives?: ChapPrimitives | undefined;
}

/** Authenticates the logins of one server. */
export class Authenticator {
  readonly #algorithms: readonly ChapAlgorithm[];
  readonly #primitives: ChapPrimitives;
  readonly #challenges: ChapChallenges;

  /** Throws a `RangeError` at an algorithm that does not exist. */
  constructor(options: AuthenticatorOptions = {}) {
    const { algorithms, primitives = machineChapPrimitives } = options;
    this.#algorithms = algorithms === undefined ? chapAlgorithms : chapAlgorithmsNamed(algorithms);
    this.#primitives = primitives;
    this.#challenges = new ChapChallenges((length) => primitives.random(length));
  }

  /** What is good enough for an initiator: one of the accounts, or nothing where there are none; `guard` is told. */
  methods(
    accounts: ChapAccounts | undefined,
    initiatorName: string,
    guard?: ChapGuard,
  ): readonly AuthenticationMethod[] {
    if (accounts === undefined) return [noAuthentication];
    return [
      chapAuthentication({
        logins: accounts.for(initiatorName),
        algorithms: this.#algorithms,
        challenges: this.#challenges,
        primitives: this.#primitives,
        guard,
      }),
    ];
  }
}
