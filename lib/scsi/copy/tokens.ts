/**
 * ROD tokens: representations of data that POPULATE TOKEN makes of ranges of one logical unit and WRITE USING TOKEN
 * writes to another (SPC-4 §5.17.6). Ours are of the type "point in time copy, change vulnerable": the first write to one
 * of the ranges makes the token invalid, so what is written is what was there when the token was made, or nothing.
 *
 * Data path: a unit without tokens costs a write the comparison of {@link Tokens.count} with zero.
 *
 * @module
 */

import { rodToken, rodTokenLength, rodType } from "./formats.ts";

/** A range of a medium, in bytes. */
export interface ByteRange {
  readonly at: number;
  readonly length: number;
}

/** What a token stands for. */
export interface Token {
  readonly identifier: number;
  readonly ranges: readonly ByteRange[];
  readonly length: number;
  /** Milliseconds without use after which it is void. */
  readonly timeout: number;
  /** When it was used last, on the unit's clock. */
  used: number;
  /** The data has changed since. */
  stale: boolean;
}

/** Limits and defaults, as VPD page 8Fh says. Times are seconds. */
export const tokenLimits = { tokens: 256, ranges: 64, defaultTimeout: 60, maximumTimeout: 600 } as const;

let lastIdentifier = 0;

/** The tokens of one logical unit. */
export class Tokens {
  /** Tokens that there are. */
  count = 0;
  readonly #tokens = new Map<number, Token>();

  /** Makes a token; the oldest goes when there are too many. */
  make(ranges: readonly ByteRange[], timeout: number, now: number): Token {
    const length = ranges.reduce((sum, range) => sum + range.length, 0);
    const token = { identifier: ++lastIdentifier, ranges, length, timeout: timeout * 1000, used: now, stale: false };
    for (const identifier of this.#tokens.keys()) {
      if (this.#tokens.size < tokenLimits.tokens) break;
      this.#tokens.delete(identifier);
    }
    this.#tokens.set(token.identifier, token);
    this.count = this.#tokens.size;
    return token;
  }

  /** The token with an identifier, if it has not run out. */
  find(identifier: number, now: number): Token | undefined {
    const token = this.#tokens.get(identifier);
    if (token === undefined) return undefined;
    if (now - token.used > token.timeout) {
      this.delete(identifier);
      return undefined;
    }
    token.used = now;
    return token;
  }

  /** Removes a token. */
  delete(identifier: number): void {
    this.#tokens.delete(identifier);
    this.count = this.#tokens.size;
  }

  /** All tokens. */
  all(): IterableIterator<Token> {
    return this.#tokens.values();
  }

  /** Data has changed: the tokens of it are stale. */
  changed(at: number, length: number): void {
    if (this.count === 0) return;
    for (const token of this.#tokens.values()) {
      token.stale ||= token.ranges.some((range) => at < range.at + range.length && range.at < at + length);
    }
  }

  /** The unit is reset, or its medium has gone. */
  clear(): void {
    this.#tokens.clear();
    this.count = 0;
  }
}

/** A token as the initiator gets it. */
export function encodeToken(token: Token, creator: Uint8Array, blockLength: number): Uint8Array {
  return rodToken.encode({
    type: rodType.changeVulnerable,
    length: rodTokenLength,
    identifier: token.identifier,
    creator,
    bytesRepresented: token.length,
    blockLength,
  });
}
