/**
 * When a file may be used on the event loop, and when its transfers go to the lanes.
 *
 * Data path: allocates nothing.
 *
 * @module
 */

/** How a {@link FilePolicy} decides. Times are milliseconds. */
export interface FilePolicyOptions {
  /** The time, from any start, never going back. `performance.now` by default. */
  readonly clock?: () => number;
  /** A transfer on the loop that takes longer is slow; 0.3 by default, and half a microsecond for each KiB on top. */
  readonly slow?: number;
  /** After a slow transfer the lanes are used for this many times the time that it took; 50 by default. */
  readonly patience?: number;
  /** The shortest and the longest time for which the lanes are used; 20 and 5000 by default. */
  readonly shortest?: number;
  readonly longest?: number;
  /** Transfers of so many bytes and more always go to the lanes; 1 MiB by default. */
  readonly large?: number;
}

const slowPerByte = 0.0005 / 1024;

/**
 * Guesses from the last transfers on the loop whether the next one will be quick. Because a slow one is followed by
 * `patience` times as long in the lanes, and then by one probe, a slow disk holds up the loop for at most a fiftieth of
 * the time, while what is cached never leaves it.
 */
export class FilePolicy {
  readonly #clock: () => number;
  readonly #slow: number;
  readonly #patience: number;
  readonly #shortest: number;
  readonly #longest: number;
  readonly #large: number;
  /** Until when the lanes are used; 0 while transfers on the loop are quick. */
  #until = 0;

  /** Starts on the loop. */
  constructor(options: FilePolicyOptions = {}) {
    this.#clock = options.clock ?? (() => performance.now());
    this.#slow = options.slow ?? 0.3;
    this.#patience = options.patience ?? 50;
    this.#shortest = options.shortest ?? 20;
    this.#longest = options.longest ?? 5000;
    this.#large = options.large ?? 1 << 20;
  }

  /** Whether a transfer of `length` bytes may be done on the loop, between `started` and `finished`. */
  onLoop(length: number): boolean {
    return length < this.#large && (this.#until === 0 || this.#clock() >= this.#until);
  }

  /** The time at which a transfer on the loop starts. */
  started(): number {
    return this.#clock();
  }

  /** A transfer of `length` bytes on the loop is done that started at the time `start`. */
  finished(start: number, length: number): void {
    const now = this.#clock();
    const took = now - start;
    this.#until = took <= this.#slow + length * slowPerByte
      ? 0
      : now + Math.min(Math.max(took * this.#patience, this.#shortest), this.#longest);
  }
}
