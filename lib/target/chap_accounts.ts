/**
 * The CHAP accounts of a target or of discovery: who may come in with which secret (RFC 7143 §9.2.1).
 *
 * @module
 */

import type { ChapCredential, ChapLogin } from "../iscsi/chap.ts";
import { MAX_CHAP_NAME } from "../iscsi/chap_values.ts";
import { NamePatterns } from "./access.ts";

/** Shortest secret that is good, in bytes: 96 bits (RFC 7143 §9.2.1). */
const MIN_SECRET = 12;

/** Longest secret, in bytes. Windows takes at most 16. */
const MAX_SECRET = 255;

/** A name and its secret. */
export interface ChapName {
  /** 1 to 255 bytes of UTF-8. */
  readonly user: string;
  /** 12 to 255 bytes, text as UTF-8. Windows wants 12 to 16. */
  readonly secret: string | Uint8Array;
}

/** An account. */
export interface ChapAccount extends ChapName {
  /** How we prove to the initiator who we are, if it asks; never with the secret of an initiator. */
  readonly mutual?: ChapName;
  /** Patterns of initiator names that may use the account, with `*` and `?`; absent for all. */
  readonly initiators?: readonly string[];
}

/** What may be unusual about accounts. */
export interface ChapAccountsOptions {
  /** Takes secrets of less than 12 bytes: only for networks that nobody can listen to. */
  readonly shortSecrets?: boolean;
}

interface Account {
  readonly login: ChapLogin;
  readonly patterns: NamePatterns | undefined;
}

/** A list of accounts. */
export class ChapAccounts {
  readonly #accounts: readonly Account[];

  /**
   * Checks the accounts.
   *
   * @throws {TypeError} when there is none; for a name or secret that is too short or too long; when an account is there
   * twice; when a secret serves both directions. The message says no secret.
   */
  constructor(accounts: readonly ChapAccount[], options: ChapAccountsOptions = {}) {
    if (accounts.length === 0) throw new TypeError("Cannot use CHAP: there is no account");
    const shortest = options.shortSecrets === true ? 1 : MIN_SECRET;
    this.#accounts = accounts.map((account) => read(account, shortest));
    refuseTwins(accounts);
    refuseSecretsOfBothDirections(this.#accounts);
  }

  /** The accounts that an initiator may use, by user. */
  for(initiatorName: string): ReadonlyMap<string, ChapLogin> {
    const logins = new Map<string, ChapLogin>();
    for (const { login, patterns } of this.#accounts) {
      if (patterns !== undefined && !patterns.match(initiatorName)) continue;
      if (!logins.has(login.user)) logins.set(login.user, login);
    }
    return logins;
  }

  /** Users whose secret some other user has too, which lets each of them pass for the other (RFC 7143 §9.2.1). */
  sharedSecrets(): readonly string[] {
    const shared = this.#accounts.filter(({ login }) =>
      this.#accounts.some((other) => other.login.user !== login.user && same(other.login.secret, login.secret))
    );
    return [...new Set(shared.map(({ login }) => login.user))];
  }
}

function read({ user, secret, mutual, initiators }: ChapAccount, shortest: number): Account {
  return {
    login: {
      ...credential({ user, secret }, shortest),
      ...(mutual === undefined ? {} : { mutual: credential(mutual, shortest) }),
    },
    patterns: initiators === undefined ? undefined : new NamePatterns(initiators),
  };
}

function credential({ user, secret }: ChapName, shortest: number): ChapCredential {
  const name = new TextEncoder().encode(user).length;
  if (name === 0 || name > MAX_CHAP_NAME || /\p{Cc}/u.test(user)) {
    throw new TypeError(`Cannot use ${JSON.stringify(user)} as a CHAP name: it is 1 to ${MAX_CHAP_NAME} bytes of text`);
  }
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret.slice();
  if (bytes.length < shortest || bytes.length > MAX_SECRET) {
    throw new TypeError(
      `Cannot use the CHAP secret of ${JSON.stringify(user)}: ` +
        `it has ${bytes.length} bytes, and has to have ${shortest} to ${MAX_SECRET}`,
    );
  }
  return { user, secret: bytes };
}

function refuseTwins(accounts: readonly ChapAccount[]): void {
  const seen = new Set<string>();
  for (const { user, initiators } of accounts) {
    const key = JSON.stringify([user, initiators ?? null]);
    if (seen.has(key)) throw new TypeError(`Cannot use CHAP account ${JSON.stringify(user)}: it is there twice`);
    seen.add(key);
  }
}

/** RFC 7143 §9.2.1: else who hears our answer could give it as its own. */
function refuseSecretsOfBothDirections(accounts: readonly Account[]): void {
  for (const { login: { user, mutual } } of accounts) {
    const twin = mutual && accounts.find(({ login }) => same(login.secret, mutual.secret));
    if (twin === undefined) continue;
    throw new TypeError(
      `Cannot use the mutual CHAP secret of ${JSON.stringify(user)}: ` +
        `it is that of initiator ${JSON.stringify(twin.login.user)}, and has to be another`,
    );
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
