/**
 * The challenges of a server: none is ever asked twice, and none may be asked back (RFC 7143 §9.2.1).
 *
 * @module
 */

import { encodeHex } from "../bytes/encoding.ts";

/** Shortest challenge that we ask, in bytes: RFC 1994 §2.3 wants them unpredictable. */
const MIN_CHALLENGE = 16;

/** Longest challenge that we ask, in bytes; initiators in the field choke on much longer ones. */
const MAX_CHALLENGE = 32;

/** Challenges that are remembered: more than can be under way at a time. */
const REMEMBERED = 4096;

/** Tries to draw a challenge that was not asked before. */
const TRIES = 16;

/** What one login is asked. */
export interface ChapChallenge {
  /** 0 to 255, another one at each login. */
  readonly identifier: number;
  readonly challenge: Uint8Array;
}

/** Asks, and remembers what was asked on any connection. */
export class ChapChallenges {
  readonly #random: (length: number) => Uint8Array;
  readonly #asked = new Set<string>();
  #identifier: number;

  /** `random` gives that many bytes, fit for secrets. */
  constructor(random: (length: number) => Uint8Array) {
    this.#random = random;
    this.#identifier = random(1)[0] ?? 0;
  }

  /**
   * A challenge of random length that was not asked before.
   *
   * @throws {RangeError} when the random bytes are none
   */
  issue(): ChapChallenge {
    for (let i = 0; i < TRIES; i++) {
      const [spread = 0] = this.#random(1);
      const challenge = this.#random(MIN_CHALLENGE + spread % (MAX_CHALLENGE - MIN_CHALLENGE + 1));
      const key = encodeHex(challenge);
      if (this.#asked.has(key)) continue;
      this.#remember(key);
      this.#identifier = this.#identifier + 1 & 0xff;
      return { identifier: this.#identifier, challenge };
    }
    throw new RangeError("Cannot make a challenge: the random bytes repeat themselves");
  }

  /** Whether a challenge is one that we have asked. */
  knows(challenge: Uint8Array): boolean {
    return this.#asked.has(encodeHex(challenge));
  }

  #remember(key: string): void {
    this.#asked.add(key);
    if (this.#asked.size <= REMEMBERED) return;
    for (const oldest of this.#asked) {
      this.#asked.delete(oldest);
      return;
    }
  }
}
