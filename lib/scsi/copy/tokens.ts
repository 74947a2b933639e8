/**
 * ROD tokens: representations of data that POPULATE TOKEN makes of ranges of one logical unit and WRITE USING TOKEN
 * writes to another (SPC-5). Ours are of the type "point in time copy, change vulnerable": the first write to one
 * of the ranges makes the token invalid, so what is written is what was there when the token was made, or nothing.
 *
 * Data path: a unit without valid tokens costs a write the comparison of {@link Tokens.count} with zero.
 *
 * @module
 */

import { sense, type SenseCode } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import { rodToken, rodTokenLength, rodType } from "./formats.ts";

/** A range of a medium, in bytes. */
export interface ByteRange {
  readonly at: number;
  readonly length: number;
}

/** What a token is made of. */
export interface TokenOptions {
  readonly ranges: readonly ByteRange[];
  /** Seconds without use after which it is void. */
  readonly timeout: number;
  /** The logical unit as an identification descriptor. */
  readonly creator: Uint8Array;
  /** Bytes of a logical block. */
  readonly blockLength: number;
  /** The designation descriptor of the target device; empty when it does not fit. */
  readonly device: Uint8Array;
  /** Random bytes, with which nobody guesses a token. */
  readonly secret: Uint8Array;
}

/** What a token stands for. */
export interface Token {
  readonly identifier: number;
  /** As the initiator has it. */
  readonly bytes: Uint8Array;
  readonly ranges: readonly ByteRange[];
  readonly length: number;
  /** Milliseconds without use after which it is void. */
  readonly timeout: number;
  /** When it was used last, on the unit's clock. */
  used: number;
  /** Copies that are using it. */
  users: number;
  /** Why it can no longer be used. */
  gone: SenseCode | undefined;
}

/** Limits and defaults, as VPD page 8Fh says. Times are seconds. */
export const tokenLimits = { tokens: 256, ranges: 64, defaultTimeout: 60, maximumTimeout: 600 } as const;

/** Identifiers in a millisecond. */
const identifiersAtOnce = 1024;

let lastIdentifier = 0;

/** The tokens of one logical unit. */
export class Tokens {
  /** Tokens that a write could make invalid. */
  count = 0;
  readonly #valid = new Map<number, Token>();
  /** Those that are gone, as many as are valid at most. */
  readonly #gone = new Map<number, Token>();

  /** Makes a token; the oldest is revoked when there are too many. */
  make({ ranges, timeout, ...fields }: TokenOptions, now: number): Token {
    this.#expire(now);
    for (const token of this.#valid.values()) {
      if (this.#valid.size < tokenLimits.tokens) break;
      this.#drop(token, sense.invalidTokenRevoked);
    }
    // No identifier comes again, not even after a restart: old tokens must not be taken for new ones.
    lastIdentifier = Math.max(lastIdentifier + 1, now * identifiersAtOnce);
    const length = ranges.reduce((sum, range) => sum + range.length, 0);
    const bytes = rodToken.encode({
      type: rodType.changeVulnerable,
      length: rodTokenLength,
      identifier: lastIdentifier,
      bytesRepresented: length,
      ...fields,
    });
    const identifier = lastIdentifier;
    const token = { identifier, bytes, ranges, length, timeout: timeout * 1000, used: now, users: 0, gone: undefined };
    this.#valid.set(identifier, token);
    this.count = this.#valid.size;
    return token;
  }

  /** The token that an initiator has given. Throws `ScsiError` when it is not one of ours, or can no longer be used. */
  find(bytes: Uint8Array, now: number): Token {
    this.#expire(now);
    const identifier = rodToken.identifier.get(bytes);
    const token = this.#valid.get(identifier) ?? this.#gone.get(identifier);
    if (token === undefined) throw new ScsiError(sense.invalidTokenUnknown);
    if (!token.bytes.every((byte, i) => byte === bytes[i])) throw new ScsiError(sense.invalidTokenCorrupt);
    if (token.gone !== undefined) throw new ScsiError(token.gone);
    return token;
  }

  /** Removes a token. */
  delete(token: Token): void {
    if (token.gone === undefined) this.#drop(token, sense.invalidTokenDeleted);
  }

  /** The tokens that can be used. */
  all(now: number): readonly Token[] {
    this.#expire(now);
    return [...this.#valid.values()];
  }

  /** Data is about to change: the tokens of it are revoked. */
  changed(at: number, length: number, now: number): void {
    if (this.count === 0) return;
    this.#expire(now);
    for (const token of this.#valid.values()) {
      if (touches(token, at, length)) this.#drop(token, sense.invalidTokenRevoked);
    }
  }

  /** All data is about to change, the unit is reset, or its medium has gone. */
  clear(): void {
    for (const token of this.#valid.values()) this.#drop(token, sense.invalidTokenRevoked);
  }

  #expire(now: number): void {
    for (const token of this.#valid.values()) {
      if (token.users === 0 && now - token.used > token.timeout) this.#drop(token, sense.invalidTokenExpired);
    }
  }

  #drop(token: Token, why: SenseCode): void {
    token.gone = why;
    this.#valid.delete(token.identifier);
    this.#gone.set(token.identifier, token);
    this.count = this.#valid.size;
    for (const identifier of this.#gone.keys()) {
      if (this.#gone.size <= tokenLimits.tokens) break;
      this.#gone.delete(identifier);
    }
  }
}

function touches({ ranges }: Token, at: number, length: number): boolean {
  if (length === 0) return false;
  for (const range of ranges) {
    if (at < range.at + range.length && range.at < at + length) return true;
  }
  return false;
}
