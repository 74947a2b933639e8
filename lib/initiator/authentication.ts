/**
 * CHAP, one-way and mutual, as an initiator speaks it (RFC 7143 §12.1.3, §9.2.1; RFC 1994 §4.1), and AuthMethod=None.
 *
 * @module
 */

import { encodeBinary } from "../bytes/encoding.ts";
import { chapAlgorithmsNamed, type ChapCredential, type ChapPrimitives, sameBytes } from "../iscsi/chap.ts";
import { type ChapAlgorithm, chapAlgorithms } from "../iscsi/chap_algorithms.ts";
import { MAX_CHAP_CHALLENGE, MAX_CHAP_NAME, readBinary } from "../iscsi/chap_values.ts";
import { formatList, parseNumerical, type TextPair } from "../iscsi/text.ts";
import { machineChapPrimitives } from "../target/chap_primitives.ts";
import { AuthenticationError } from "./errors.ts";

/** A name and its secret, as somebody gives them to our initiator. */
export interface ChapIdentity {
  /** 1 to 255 bytes of UTF-8. */
  readonly user: string;
  /** At least one byte; text as UTF-8. Less than 12 bytes can be guessed by whoever listens (RFC 7143 §9.2.1). */
  readonly secret: string | Uint8Array;
}

/** By what our initiator proves who it is. */
export interface InitiatorChap extends ChapIdentity {
  /** How the target has to prove who it is; absent when it need not. Never with our own secret (RFC 7143 §9.2.1). */
  readonly mutual?: ChapIdentity;
  /** Names of the algorithms to offer, the one that we like best first: SHA3-256, SHA256, SHA1, MD5 by default. */
  readonly algorithms?: readonly string[];
}

/** Bytes of our challenges. */
const CHALLENGE = 24;

/** Where the exchange has come to: what the target answers next. */
type Phase = "method" | "challenge" | "verdict" | "done";

/** One login's authentication, from the initiator's side. */
export class Authentication {
  readonly #credential: ChapCredential | undefined;
  readonly #mutual: ChapCredential | undefined;
  readonly #algorithms: readonly ChapAlgorithm[];
  readonly #primitives: ChapPrimitives;
  #phase: Phase = "method";
  /** What the target has to answer to our challenge. */
  #expected: Uint8Array | undefined;

  /**
   * Checks what was given. Without `chap` the only method is None.
   *
   * @throws {TypeError} for an impossible user or secret, and for one secret in both directions; it says no secret
   * @throws {RangeError} for an algorithm that does not exist
   */
  constructor(chap: InitiatorChap | undefined, primitives: ChapPrimitives = machineChapPrimitives) {
    this.#primitives = primitives;
    this.#credential = chap && credentialOf(chap);
    this.#mutual = chap?.mutual && credentialOf(chap.mutual);
    this.#algorithms = chap?.algorithms === undefined ? chapAlgorithms : chapAlgorithmsNamed(chap.algorithms);
    if (this.#credential && this.#mutual && sameBytes(this.#credential.secret, this.#mutual.secret)) {
      throw new TypeError("Cannot use CHAP: the target's secret is the initiator's (RFC 7143 §9.2.1)");
    }
  }

  /** The value of AuthMethod to offer. Whoever wants proof of the target offers no way around it. */
  get offer(): string {
    if (this.#credential === undefined) return "None";
    return this.#mutual === undefined ? "CHAP,None" : "CHAP";
  }

  /** The next request may ask to leave the security stage. */
  get leaving(): boolean {
    return this.#credential === undefined || this.#phase === "verdict" || this.#phase === "done";
  }

  /**
   * Takes the keys of one answer in the security stage, those of other kinds are passed over; gives what to send next.
   *
   * @throws {AuthenticationError} the target makes no sense, or has not proven who it is.
   */
  next(pairs: readonly TextPair[]): TextPair[] {
    const keys = new Map(pairs);
    switch (this.#phase) {
      case "method":
        return this.#choose(keys.get("AuthMethod"));
      case "challenge":
        return this.#respond(keys);
      case "verdict":
        this.#verify(keys);
        this.#phase = "done";
    }
    return [];
  }

  /** Throws an {@link AuthenticationError} when the target goes on before it has proven who it is. */
  finish(): void {
    if (this.#mutual !== undefined && this.#phase !== "done") {
      throw failure("the target goes on without having said who it is");
    }
  }

  #choose(method = "None"): TextPair[] {
    if (method === "CHAP" && this.#credential !== undefined) {
      this.#phase = "challenge";
      return [["CHAP_A", formatList(this.#algorithms.map(({ code }) => `${code}`))]];
    }
    if (!this.offer.split(",").includes(method)) throw failure(`the target wants AuthMethod=${method}`);
    this.#phase = "done";
    return [];
  }

  #respond(keys: ReadonlyMap<string, string>): TextPair[] {
    const { user, secret } = this.#credential as ChapCredential;
    const code = parseNumerical(keys.get("CHAP_A") ?? "");
    const algorithm = this.#algorithms.find((row) => row.code === code);
    if (algorithm === undefined) {
      throw failure(`the target wants CHAP algorithm ${keys.get("CHAP_A") ?? "nothing"}, which was not offered`);
    }
    const identifier = parseNumerical(keys.get("CHAP_I") ?? "");
    if (identifier === undefined || identifier > 255) throw failure("CHAP_I is no number from 0 to 255");
    const challenge = readBinary(keys.get("CHAP_C") ?? "", MAX_CHAP_CHALLENGE);
    if (challenge === undefined) throw failure(`CHAP_C is not 1 to ${MAX_CHAP_CHALLENGE} bytes in hex or base64`);
    this.#phase = "verdict";
    const response = this.#digest(algorithm, identifier, secret, challenge);
    const pairs: TextPair[] = [["CHAP_N", user], ["CHAP_R", encodeBinary(response)]];
    if (this.#mutual !== undefined) pairs.push(...this.#ask(algorithm, this.#mutual));
    return pairs;
  }

  /** Our own question, and its answer for later. */
  #ask(algorithm: ChapAlgorithm, { secret }: ChapCredential): TextPair[] {
    const [identifier = 0] = this.#primitives.random(1);
    const challenge = this.#primitives.random(CHALLENGE);
    this.#expected = this.#digest(algorithm, identifier, secret, challenge);
    return [["CHAP_I", `${identifier}`], ["CHAP_C", encodeBinary(challenge)]];
  }

  #verify(keys: ReadonlyMap<string, string>): void {
    if (this.#mutual === undefined || this.#expected === undefined) return;
    const user = keys.get("CHAP_N");
    const response = readBinary(keys.get("CHAP_R") ?? "", this.#expected.length);
    if (user === undefined || response === undefined) throw failure("the target does not say who it is");
    const same = sameBytes(this.#expected, response);
    if (user !== this.#mutual.user) {
      throw failure(`the target says that it is ${JSON.stringify(user)}, not ${JSON.stringify(this.#mutual.user)}`);
    }
    if (!same) throw failure("the target's response is wrong: it does not know its secret");
  }

  #digest(algorithm: ChapAlgorithm, identifier: number, secret: Uint8Array, challenge: Uint8Array): Uint8Array {
    return this.#primitives.digest(algorithm, [Uint8Array.of(identifier), secret, challenge]);
  }
}

function credentialOf({ user, secret }: ChapIdentity): ChapCredential {
  const length = new TextEncoder().encode(user).length;
  if (length < 1 || length > MAX_CHAP_NAME) {
    throw new TypeError(`Cannot use CHAP: a user has ${length} bytes, and has to have 1 to ${MAX_CHAP_NAME}`);
  }
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (bytes.length === 0) throw new TypeError(`Cannot use CHAP: user ${JSON.stringify(user)} has an empty secret`);
  return { user, secret: bytes };
}

function failure(why: string): AuthenticationError {
  return new AuthenticationError(`Cannot log in: ${why}`);
}
