/**
 * When a file may be used on the event loop, and when its transfers go to the lanes.
 *
 * Data path: allocates nothing but what the clock returns.
 *
 * @module
 */

/** How a {@link FilePolicy} decides. Times are milliseconds. */
export interface FilePolicyOptions {
  /** The time, from any start, never going back. `performance.now` by default. */
  readonly clock?: () => number;
  /** A transfer on the loop that takes longer is slow; 0.3 by default, and half a microsecond for each KiB on top. */
  readonly slow?: number;
  /** The loop may be held up by slow transfers for one part in so many of the time; 50 by default. */
  readonly share?: number;
  /** Time by which slow transfers may exceed their share at once, so that a hiccup counts for nothing; 4 by default. */
  readonly grace?: number;
  /** A transfer that takes longer is the disk's doing, though it be the only slow one of many; 50 by default. */
  readonly stall?: number;
  /** The longest time in the lanes before the loop is tried again; 5000 by default. */
  readonly longest?: number;
  /** Transfers of so many bytes and more always go to the lanes; 1 MiB by default. */
  readonly large?: number;
  /** Quick transfers in the lanes, one after the other, by which a file earns the loop; 8 by default. */
  readonly proof?: number;
  /** A transfer in the lanes that takes longer is slow; 5 by default, and half a microsecond for each KiB on top. */
  readonly patience?: number;
}

/**
 * Where the transfers of a file are done: on the event loop or in the lanes as it turns out, always on the loop (`inline`:
 * for what is in memory anyway), or always in the lanes (`background`: for a disk of which the worst is known).
 */
export type Transfers = "auto" | "inline" | "background";

/** The policy that keeps to `transfers`. */
export function policyOf(transfers: Transfers, policy: FilePolicyOptions = {}): FilePolicyOptions {
  if (transfers === "inline") return { ...policy, slow: Infinity, large: Infinity, proof: 0 };
  return transfers === "background" ? { ...policy, large: 0 } : policy;
}

const slowPerByte = 0.0005 / 1024;

/**
 * Guesses from the transfers before whether the next one will be quick. A file starts in the lanes, where a disk that hangs
 * holds up nobody, and earns the loop by being quick there. On the loop a slow transfer among 32 is the scheduler's doing,
 * on a machine that has other work, and counts for nothing; a disk's seldom comes alone. Those that count are paid for:
 * each one moves the time from which the loop may be used again by `share` times as long as it took, and then it has to be
 * earned once more. So a slow disk holds up the loop for a fiftieth of the time at most, while what is cached never leaves
 * it.
 */
export class FilePolicy {
  readonly #clock: () => number;
  readonly #slow: number;
  readonly #share: number;
  readonly #grace: number;
  readonly #stall: number;
  readonly #longest: number;
  readonly #large: number;
  readonly #proof: number;
  readonly #patience: number;
  /** The loop may be used from this time on; only looked at when `#away`. */
  #until = -Infinity;
  #away = true;
  /** Quick transfers in the lanes since the last slow one, here or there. */
  #proven = 0;
  #start = 0;
  /** The last 32 transfers on the loop, the latest in bit 0: 1 for a slow one. */
  #recent = 0;

  /** Starts in the lanes. */
  constructor(options: FilePolicyOptions = {}) {
    this.#clock = options.clock ?? (() => performance.now());
    this.#slow = options.slow ?? 0.3;
    this.#share = options.share ?? 50;
    this.#grace = (options.grace ?? 4) * this.#share;
    this.#stall = options.stall ?? 50;
    this.#longest = options.longest ?? 5000;
    this.#large = options.large ?? 1 << 20;
    this.#proof = options.proof ?? 8;
    this.#patience = options.patience ?? 5;
  }

  /** Whether a transfer of `length` bytes would keep the loop for too long even when it is quick. */
  large(length: number): boolean {
    return length >= this.#large;
  }

  /** Whether a transfer of `length` bytes may be done on the loop, between `start` and `finish`. */
  onLoop(length: number): boolean {
    if (this.large(length)) return false;
    if (this.#away) this.#away = this.#proven < this.#proof || this.#clock() < this.#until;
    return !this.#away;
  }

  /** A transfer on the loop starts. */
  start(): void {
    this.#start = this.#clock();
  }

  /** The transfer of `length` bytes that started last is done. */
  finish(length: number): void {
    const now = this.#clock();
    const took = now - this.#start;
    this.#recent <<= 1;
    if (took <= this.#slow + length * slowPerByte) return;
    const alone = this.#recent === 0;
    this.#recent |= 1;
    if (alone && took < this.#stall) return;
    const until = Math.max(this.#until, now - this.#grace) + took * this.#share;
    this.#until = Math.min(until, now + this.#longest);
    this.#away = this.#until > now;
    this.#proven = 0;
  }

  /** Watches a transfer of `length` bytes in the lanes. */
  async watch(transfer: Promise<void>, length: number): Promise<void> {
    const start = this.#clock();
    await transfer;
    const took = this.#clock() - start;
    this.#proven = took <= this.#patience + length * slowPerByte ? this.#proven + 1 : 0;
  }
}
