/**
 * Reads that wait for the disk, many at a time, on systems that do not take a thread for each. A call away from the event
 * loop asks for several and comes back when all of them are over, so that it is nobody's business what its thread does next.
 *
 * @module
 */

import type { OpenedFile } from "./file_platform.ts";
import { openRings, type Ring, type Rings } from "./file_ring_calls.ts";

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

/** A read that was asked for. */
interface Wanted {
  /** Stays alive as long as the system may write to it. */
  readonly into: Uint8Array;
  readonly at: number;
  readonly settle: (result: number) => void;
}

/** A ring, and the reads that are underway in it by their slots. */
interface Lane {
  readonly ring: Ring;
  readonly reads: (Wanted | undefined)[];
}

/** How a {@link ReadRing} calls the system. */
export interface ReadRingOptions {
  /** Waited for before a call that failed more than once is made once more; 10 ms by default. */
  readonly rest?: () => Promise<void>;
  /** Reads that a call takes if there are so many; 8 by default: with fewer, cold reads took an eighth more processor time. */
  readonly least?: number;
}

/** Reads one file. */
export class ReadRing implements WaitingReads {
  readonly #rings: Rings;
  readonly #room: number;
  readonly #idle: Lane[];
  readonly #rest: () => Promise<void>;
  readonly #least: number;
  /** Reads that no ring has. */
  #wanted: Wanted[] = [];
  #count = 0;
  #scheduled = false;
  #allOver: (() => void) | undefined;

  constructor(rings: Rings, { rest = shortRest, least = 8 }: ReadRingOptions = {}) {
    this.#rings = rings;
    this.#rest = rest;
    this.#least = least;
    this.#room = rings.slots * rings.rings.length;
    this.#idle = rings.rings.map((ring) => ({ ring, reads: [] }));
  }

  /** Opens the file once more for such reads; `undefined` where there are none. Never rejects. */
  static async open(target: OpenedFile): Promise<ReadRing | undefined> {
    const rings = openRings(target);
    if (rings === undefined) return undefined;
    const ring = new ReadRing(rings);
    // The first version of the system that has rings cannot read by them.
    if (await ring.read(new Uint8Array(1), 0) === 1) return ring;
    await ring.close();
    return undefined;
  }

  read(into: Uint8Array, at: number): Promise<number> | undefined {
    if (this.#count === this.#room) return undefined;
    this.#count++;
    this.#schedule();
    return new Promise((settle) => this.#wanted.push({ into, at, settle }));
  }

  async close(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#allOver = resolve);
    this.#rings.close();
  }

  /** All that is asked for in one go is submitted by as few calls as possible. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  /**
   * Leaves to each ring an equal share, since nobody hears of a read before all that it shares a ring with are over, but
   * not so small a one that the calls cost more than the reads.
   */
  #start(): void {
    while (this.#wanted.length > 0) {
      const lane = this.#idle.pop();
      if (lane === undefined) return;
      const share = Math.max(this.#least, Math.ceil(this.#wanted.length / (this.#idle.length + 1)));
      lane.reads.push(...this.#wanted.splice(0, Math.min(share, this.#rings.slots)));
      this.#run(lane);
    }
  }

  async #run(lane: Lane): Promise<void> {
    const { ring, reads } = lane;
    for (const [slot, read] of reads.entries()) if (read !== undefined) ring.put(slot, read.into, read.at);
    let left = reads.length;
    for (let failures = 0; left > 0;) {
      const result = await ring.enter(left);
      ring.take((slot, result) => {
        reads[slot]?.settle(result);
        reads[slot] = undefined;
        left--;
        this.#count--;
      });
      failures = result < 0 ? failures + 1 : 0;
      // A signal interrupts it once; what goes on failing, mostly for want of memory, is given time.
      if (failures > 1 && left > 0) await this.#rest();
    }
    reads.length = 0;
    this.#idle.push(lane);
    if (this.#count === 0) this.#allOver?.();
    else this.#start();
  }
}

function shortRest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
