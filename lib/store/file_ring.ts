/**
 * Reads that wait for the disk, many at a time, on systems that do not take a thread for each. The system itself takes what
 * is asked for, so that a disk that takes nothing more holds up the event loop as little as one that gives nothing; one
 * call at a time, away from the event loop, waits for what is done.
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
  #idle: (() => void) | undefined;

  /** `rest` is waited for before a call that failed more than once is made once more; 10 ms by default. */
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
    const slot = this.#free.pop();
    if (slot === undefined) return undefined;
    this.#rings.put(slot, into, at);
    this.#count++;
    this.#schedule();
    return new Promise((settle) => this.#underway[slot] = { into, settle });
  }

  async close(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#idle = resolve);
    this.#rings.close();
  }

  /** All that is asked for in one go is submitted in one go. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#rings.submit();
      if (!this.#waiting) this.#wait();
    });
  }

  async #wait(): Promise<void> {
    this.#waiting = true;
    for (let failures = 0; this.#count > 0;) {
      const result = await this.#rings.wait();
      this.#rings.take((slot, result) => this.#settle(slot, result));
      failures = result < 0 ? failures + 1 : 0;
      // A signal interrupts it once; what goes on failing must not keep the processor busy.
      if (failures > 1 && this.#count > 0) await this.#rest();
    }
    this.#waiting = false;
    this.#idle?.();
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
