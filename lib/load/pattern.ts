/**
 * What is written to be recognized: every 512 bytes say where they belong, in which generation they were written and in
 * which run, and the rest of them follows from that.
 *
 * Hot path: nothing is allocated.
 *
 * @module
 */

/** Bytes that speak for themselves. */
export const SECTOR = 512;

const WORDS = SECTOR / 4;

/** Words of a sector that say what it is: address (two), generation, run. */
const LABEL = 4;

/** Odd, so that consecutive words of a sector all differ. */
const STRIDE = 0x9e37_79b1 | 0;

/** What a run of sectors is. */
export interface Label {
  /** Number of the first sector on the LUN. */
  readonly sector: number;
  /** 1 and up: how often the place has been written in this run. */
  readonly generation: number;
  /** The run, a number of 32 bits. */
  readonly run: number;
}

/**
 * Writes the pattern.
 *
 * @param words whole sectors of memory
 * @param sector number of the first sector on the LUN
 */
export function writePattern(words: Int32Array, sector: number, generation: number, run: number): void {
  for (let at = 0; at < words.length; at += WORDS, sector++) {
    const low = sector | 0;
    const high = sector / 0x1_0000_0000 | 0;
    words[at] = low;
    words[at + 1] = high;
    words[at + 2] = generation;
    words[at + 3] = run;
    let value = mix(low, high, generation, run);
    for (let i = at + LABEL; i < at + WORDS; i++) words[i] = value = value + STRIDE | 0;
  }
}

/**
 * Holds memory against the pattern.
 *
 * @returns the index of the first word that is wrong; -1 when all are right
 */
export function checkPattern(words: Int32Array, sector: number, generation: number, run: number): number {
  for (let at = 0; at < words.length; at += WORDS, sector++) {
    const low = sector | 0;
    const high = sector / 0x1_0000_0000 | 0;
    if (words[at] !== low || words[at + 1] !== high) return at;
    if (words[at + 2] !== (generation | 0) || words[at + 3] !== (run | 0)) return at;
    let value = mix(low, high, generation, run);
    for (let i = at + LABEL; i < at + WORDS; i++) if (words[i] !== (value = value + STRIDE | 0)) return i;
  }
  return -1;
}

/** What the sector around a word says that it is; `undefined` when the rest of it does not follow from that. */
export function labelAt(words: Int32Array, index: number): Label | undefined {
  const at = index - index % WORDS;
  const [low = 0, high = 0, generation = 0, run = 0] = words.subarray(at, at + LABEL);
  const sector = (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
  if (!Number.isSafeInteger(sector)) return undefined;
  const whole = checkPattern(words.subarray(at, at + WORDS), sector, generation, run) < 0;
  return whole ? { sector, generation: generation >>> 0, run: run >>> 0 } : undefined;
}

function mix(low: number, high: number, generation: number, run: number): number {
  let value = Math.imul(low ^ run, 0x85eb_ca6b) ^ Math.imul(high + generation | 0, 0xc2b2_ae35);
  value = Math.imul(value ^ value >>> 15, 0x2c1b_3c6d);
  return value ^ value >>> 13;
}
