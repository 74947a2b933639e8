/**
 * Which part of the LUN is read or written next, by all sessions of a run together.
 *
 * The LUN is a row of cells, each as long as a request. Where data is verified, a cell has one request at a time, and
 * its generation says how often it was written.
 *
 * Hot path: nothing is allocated.
 *
 * @module
 */

import { Random } from "./random.ts";

/** What requests are like. */
export interface WorkloadOptions {
  /** Requests that fit side by side. */
  readonly cells: number;
  /** 0 to 100; the rest are writes. */
  readonly readPercent: number;
  /** Anywhere, instead of one after the other. */
  readonly random: boolean;
  /** Sessions among which the work is shared. */
  readonly sessions: number;
  /** What is written is known and checked. */
  readonly verify: boolean;
  /** Any whole number of 32 bits. */
  readonly seed: number;
}

/** What is to be done: the load itself; or every cell once, to write a first generation or to check the last one. */
export type Stage = "load" | "fill" | "check";

/** Hands out requests. */
export class Workload {
  /** The request that `next` gave last is a write. */
  writing = false;
  readonly #options: WorkloadOptions;
  readonly #random: Random;
  /** Where each session goes on, if it goes sequentially. */
  readonly #positions: Float64Array;
  readonly #busy: Uint8Array;
  readonly #generations: Uint32Array;
  #stage: Stage = "load";
  #swept = 0;
  #stopped = true;

  /** @throws {RangeError} when there are too many cells to remember what was written to each */
  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#positions = new Float64Array(options.sessions);
    for (let i = 0; i < options.sessions; i++) {
      this.#positions[i] = Math.floor(options.cells * i / options.sessions);
    }
    if (options.verify && options.cells > MAX_VERIFIED) {
      throw new RangeError(`Cannot verify ${options.cells} requests side by side: ${MAX_VERIFIED} are the most`);
    }
    this.#busy = new Uint8Array(options.verify ? options.cells : 0);
    this.#generations = new Uint32Array(options.verify ? options.cells : 0);
  }

  /** Begins to hand out requests. */
  begin(stage: Stage): void {
    this.#stage = stage;
    this.#swept = 0;
    this.#stopped = false;
  }

  /** Hands out no more. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * The cell of a session's next request, and in `writing` what is done to it.
   *
   * @returns -1 when there is nothing to be done
   */
  next(session: number): number {
    if (this.#stopped) return -1;
    const { cells, readPercent, verify } = this.#options;
    if (this.#stage !== "load") {
      if (this.#swept >= cells) return -1;
      this.writing = this.#stage === "fill";
      return this.#take(this.#swept++);
    }
    this.writing = readPercent < 100 && (readPercent === 0 || this.#random.below(100) >= readPercent);
    let cell = this.#place(session);
    // There are more cells than requests in flight, so this ends soon.
    while (verify && this.#busy[cell] === 1) cell = cell + 1 === cells ? 0 : cell + 1;
    return this.#take(cell);
  }

  /** The generation that a cell has, or gets by the write under way; 0 when it is unknown. */
  generation(cell: number): number {
    return this.#generations[cell] ?? 0;
  }

  /** A request has ended. */
  done(cell: number): void {
    if (this.#options.verify) this.#busy[cell] = 0;
  }

  #place(session: number): number {
    const { cells, random } = this.#options;
    if (random) return this.#random.below(cells);
    const cell = this.#positions[session] as number;
    this.#positions[session] = cell + 1 === cells ? 0 : cell + 1;
    return cell;
  }

  #take(cell: number): number {
    if (this.#options.verify) {
      this.#busy[cell] = 1;
      if (this.writing) (this.#generations[cell] as number)++;
    }
    return cell;
  }
}

/** Five bytes are remembered of each. */
const MAX_VERIFIED = 1 << 26;
