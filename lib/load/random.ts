/**
 * Random numbers for loads: quick, and the same ones again for the same seed.
 *
 * Hot path: nothing is allocated.
 *
 * @module
 */

/** A generator of pseudo-random numbers, xoshiro128** by Blackman and Vigna. */
export class Random {
  readonly #state = new Int32Array(4);

  /** `seed` any whole number of 32 bits. */
  constructor(seed: number) {
    // The state must not be all zeros, and similar seeds should not give similar states.
    let value = seed | 0;
    for (let i = 0; i < 4; i++) {
      value = value + 0x9e37_79b9 | 0;
      const once = Math.imul(value ^ value >>> 16, 0x21f0_aaad);
      const twice = Math.imul(once ^ once >>> 15, 0x735a_2d97);
      this.#state[i] = twice ^ twice >>> 15;
    }
    this.#state[3] = (this.#state[3] as number) | 1;
  }

  /** A whole number from 0 up to, not including, `bound`, which is at most 2^53. */
  below(bound: number): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return Math.floor((high * 0x400_0000 + low) / 0x20_0000_0000_0000 * bound);
  }

  /** Fills memory. */
  fill(words: Int32Array): void {
    for (let i = 0; i < words.length; i++) words[i] = this.#next();
  }

  #next(): number {
    const s = this.#state;
    const s0 = s[0] as number;
    const s1 = s[1] as number;
    const s2 = s[2] as number ^ s0;
    const s3 = s[3] as number ^ s1;
    const scrambled = Math.imul(s1, 5);
    s[1] = s1 ^ s2;
    s[0] = s0 ^ s3;
    s[2] = s2 ^ s1 << 9;
    s[3] = s3 << 11 | s3 >>> 21;
    return Math.imul(scrambled << 7 | scrambled >>> 25, 9);
  }
}
