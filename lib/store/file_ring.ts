/**
 * Reads that wait for the disk, many at a time, on systems that do not take a thread for each. One call waits for what is
 * done; what is asked for meanwhile is submitted by another one that does not wait. Both are away from the event loop, so
 * that a disk that takes nothing more holds it up as little as one that gives nothing.
 *
 * @module
 */

import { openRings, type Rings, type RingTarget } from "./file_ring_calls.ts";

/** The door to reads that wait for the disk. */
export interface WaitingReads {
  /**
   * Fills the start of `into` from byte `at` on.
   *
   * @returns the bytes that were read, fewer than asked for at the end of the file; below 0 when there was an error;
   * `undefined` when there is no room for one more
   */
  read(into: Uint8Array, at: number): Promise<number> | undefined;
  /** Waits for what is underway, then lets go of everything. No read may follow. */
  close(): Promise<void>;
}

/** A read that is underway. */
interface Underway {
  /** Stays alive as long as the system may write to it. */
  readonly into: Uint8Array;
  readonly settle: (result: number) => void;
}

/** Reads one file. */
export class ReadRing implements WaitingReads {
  readonly #rings: Rings;
  readonly #underway: (Underway | undefined)[];
  readonly #free: number[];
  readonly #rest: () => Promise<void>;
  #count = 0;
  #scheduled = false;
  #waiting = false;
  #submitting = false;
  /** A call has failed, mostly for want of memory: nothing more is asked for until the next one does better. */
  #resting = false;
  #idle: (() => void) | undefined;

  /** `rest` is waited for before a call that failed is made once more; 10 ms by default. */
  constructor(rings: Rings, rest: () => Promise<void> = shortRest) {
    this.#rings = rings;
    this.#rest = rest;
    this.#underway = new Array<Underway | undefined>(rings.slots).fill(undefined);
    this.#free = Array.from(this.#underway, (_, slot) => slot);
  }

  /** Opens the file once more for such reads; `undefined` where there are none. Never rejects. */
  static async open(target: RingTarget): Promise<ReadRing | undefined> {
    const rings = openRings(target);
    if (rings === undefined) return undefined;
    const ring = new ReadRing(rings);
    // The first version of the system that has rings cannot read by them.
    if (await ring.read(new Uint8Array(1), 0) === 1) return ring;
    await ring.close();
    return undefined;
  }

  read(into: Uint8Array, at: number): Promise<number> | undefined {
    if (this.#resting) return undefined;
    const slot = this.#free.pop();
    if (slot === undefined) return undefined;
    this.#rings.put(slot, into, at);
    this.#count++;
    this.#schedule();
    return new Promise((settle) => this.#underway[slot] = { into, settle });
  }

  async close(): Promise<void> {
    if (this.#count > 0 || this.#waiting || this.#submitting) {
      await new Promise<void>((resolve) => this.#idle = resolve);
    }
    this.#rings.close();
  }

  /** All that is asked for in one go is submitted by one call. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#enter();
    });
  }

  #enter(): void {
    if (this.#resting) return;
    if (this.#count === 0) {
      if (!this.#waiting && !this.#submitting) this.#idle?.();
    } else if (!this.#waiting) {
      this.#wait();
    } else if (!this.#submitting && this.#rings.unsubmitted > 0) {
      this.#submit();
    }
  }

  async #wait(): Promise<void> {
    this.#waiting = true;
    const put = this.#rings.unsubmitted;
    const result = await this.#rings.enter(1);
    this.#waiting = false;
    this.#rings.take((slot, result) => this.#settle(slot, result));
    this.#goOn(result, put);
  }

  /** What is over meanwhile is left to the call that waits, which would not come back without. */
  async #submit(): Promise<void> {
    this.#submitting = true;
    const put = this.#rings.unsubmitted;
    const result = await this.#rings.enter(0);
    this.#submitting = false;
    this.#goOn(result, put);
  }

  #goOn(result: number, put: number): void {
    // One that only waited was interrupted; one that has submitted something says so.
    if (result >= 0 || put === 0) return this.#enter();
    this.#resting = true;
    this.#rest().then(() => {
      this.#resting = false;
      this.#enter();
    });
  }

  #settle(slot: number, result: number): void {
    const read = this.#underway[slot];
    this.#underway[slot] = undefined;
    this.#free.push(slot);
    this.#count--;
    read?.settle(result);
  }
}

function shortRest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
