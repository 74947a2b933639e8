/**
 * CHAP, one-way and mutual, as a target speaks it (RFC 7143 §12.1.3, §9.2.1; RFC 1994 §4.1). Hashes and random bytes are
 * arguments.
 *
 * @module
 */

import { encodeBinary } from "../bytes/encoding.ts";
import type { AuthenticationExchange, AuthenticationMethod, AuthenticationStep } from "./authentication.ts";
import { type ChapAlgorithm, chapAlgorithms } from "./chap_algorithms.ts";
import type { ChapChallenges } from "./chap_challenges.ts";
import { type ChapRequest, readAlgorithms, readName, readRequest, readResponse } from "./chap_values.ts";
import { loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import type { TextPair } from "./text.ts";

/** What this module asks of the machine. Answers at once. */
export interface ChapPrimitives {
  /** The hash of the joined parts. */
  digest(algorithm: ChapAlgorithm, parts: readonly Uint8Array[]): Uint8Array;
  /** That many random bytes, fit for secrets. */
  random(length: number): Uint8Array;
}

/** A name and its secret. */
export interface ChapCredential {
  /** 1 to 255 bytes of UTF-8. */
  readonly user: string;
  readonly secret: Uint8Array;
}

/** An initiator that may prove who it is. */
export interface ChapLogin extends ChapCredential {
  /** By what we prove who we are, if it asks. */
  readonly mutual?: ChapCredential;
}

/** What CHAP works with. */
export interface ChapOptions {
  /** By the name in CHAP_N: who may come in here. */
  readonly logins: ReadonlyMap<string, ChapLogin>;
  /** Acceptable algorithms, the one that we like best first. */
  readonly algorithms: readonly ChapAlgorithm[];
  /** Shared by all logins of a server, so that none is told a challenge of another. */
  readonly challenges: ChapChallenges;
  readonly primitives: ChapPrimitives;
  /** Keeps guessing slow. */
  readonly guard?: ChapGuard | undefined;
}

/** Learns who knew a secret and who did not, and may refuse to look at one. */
export interface ChapGuard {
  /**
   * Somebody wants to be this user.
   *
   * @throws {LoginError} 0301h when that has failed too often just now
   */
  check(user: string): void;
  failed(user: string): void;
  passed(user: string): void;
}

/** AuthMethod=CHAP. */
export function chapAuthentication(options: ChapOptions): AuthenticationMethod {
  return { name: "CHAP", begin: () => new ChapExchange(options) };
}

/** What we have asked. */
interface Question {
  readonly algorithm: ChapAlgorithm;
  readonly identifier: number;
  readonly challenge: Uint8Array;
}

class ChapExchange implements AuthenticationExchange {
  readonly #options: ChapOptions;
  #question: Question | undefined;

  constructor(options: ChapOptions) {
    this.#options = options;
  }

  next(pairs: readonly TextPair[]): AuthenticationStep {
    // The request that chose the method, or one that only waits.
    if (pairs.length === 0) return { pairs: [], done: false };
    if (this.#question === undefined) return this.#ask(readAlgorithms(pairs));
    return { pairs: this.#guarded(this.#question, readRequest(pairs)), done: true };
  }

  #guarded(question: Question, request: ChapRequest): TextPair[] {
    const { guard } = this.#options;
    const user = readName(request.name);
    guard?.check(user);
    try {
      const pairs = this.#judge(question, user, request);
      guard?.passed(user);
      return pairs;
    } catch (error) {
      if (error instanceof LoginError && error.status === loginStatus.authenticationFailure) guard?.failed(user);
      throw error;
    }
  }

  #ask(offered: readonly number[]): AuthenticationStep {
    const { algorithms, challenges } = this.#options;
    const algorithm = algorithms.find(({ code }) => offered.includes(code));
    if (algorithm === undefined) {
      const names = algorithms.map(({ name, code }) => `${name} (${code})`).join(", ");
      throw failure(
        `Cannot authenticate by any CHAP algorithm of ${offered.join(",") || "nothing"}: there is ${names}`,
      );
    }
    const { identifier, challenge } = challenges.issue();
    this.#question = { algorithm, identifier, challenge };
    return {
      pairs: [
        ["CHAP_A", String(algorithm.code)],
        ["CHAP_I", String(identifier)],
        ["CHAP_C", encodeBinary(challenge)],
      ],
      done: false,
    };
  }

  /** Checks who the initiator is, and says who we are if it asks. */
  #judge(question: Question, user: string, request: ChapRequest): TextPair[] {
    if (request.question !== undefined && this.#options.challenges.knows(request.question.challenge)) {
      throw failure(`Cannot authenticate user ${quote(user)}: it asks us a challenge of ours (RFC 7143 §9.2.1)`);
    }
    const login = this.#options.logins.get(user);
    const response = readResponse(request.response, question.algorithm.length);
    // Also for nobody a hash is made, so that time does not tell who exists.
    const expected = this.#answer(question, login?.secret ?? question.challenge);
    const same = sameBytes(expected, response);
    if (login === undefined) {
      throw failure(`Cannot authenticate user ${quote(user)}: nobody of that name may come in here`);
    }
    if (!same) throw failure(`Cannot authenticate user ${quote(user)}: the response is wrong, most likely the secret`);
    if (request.question === undefined) return [];
    if (login.mutual === undefined) {
      throw failure(
        `Cannot authenticate to user ${quote(user)}: it asks for mutual CHAP, and no secret of ours is set`,
      );
    }
    const ours = this.#answer({ ...request.question, algorithm: question.algorithm }, login.mutual.secret);
    return [["CHAP_N", login.mutual.user], ["CHAP_R", encodeBinary(ours)]];
  }

  #answer({ algorithm, identifier, challenge }: Question, secret: Uint8Array): Uint8Array {
    return this.#options.primitives.digest(algorithm, [Uint8Array.of(identifier), secret, challenge]);
  }
}

/**
 * Finds algorithms by name, in the order given.
 *
 * @throws {RangeError} at a name that none has, or none at all
 */
export function chapAlgorithmsNamed(names: readonly string[]): ChapAlgorithm[] {
  if (names.length === 0) throw new RangeError("Cannot use CHAP: no algorithm is allowed");
  return names.map((name) => {
    const found = chapAlgorithms.find((row) => row.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
    const known = chapAlgorithms.map((row) => row.name).join(", ");
    throw new RangeError(`Cannot use CHAP algorithm ${quote(name)}: there are ${known}`);
  });
}

/** Compares without telling by the time it takes where the difference is. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] ?? 0);
  return difference === 0;
}

function failure(message: string): LoginError {
  return new LoginError(loginStatus.authenticationFailure, message);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
