/**
 * Counts what goes through.
 *
 * Data path: a store that answers at once is counted without allocating anything.
 *
 * @module
 */

import type { BlockStore } from "../store.ts";
import { Filter } from "./filter.ts";

/** What a {@link StatsStore} has counted. */
export interface StoreStats {
  /** Operations that were done, failed ones not counted. */
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  /** `unmap` and `zero`. */
  readonly unmaps: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly bytesUnmapped: number;
  readonly errors: number;
  /** Operations that have not settled yet. */
  readonly pending: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Kind = "reads" | "writes" | "flushes" | "unmaps";

/** A store with counters. */
export class StatsStore extends Filter {
  readonly #stats: Mutable<StoreStats> = {
    reads: 0,
    writes: 0,
    flushes: 0,
    unmaps: 0,
    bytesRead: 0,
    bytesWritten: 0,
    bytesUnmapped: 0,
    errors: 0,
    pending: 0,
  };

  /** Closing it closes `below`. */
  constructor(below: BlockStore) {
    super(below);
  }

  /** The counters: live, not a copy. */
  get stats(): StoreStats {
    return this.#stats;
  }

  override read(into: Uint8Array, at: number): void | Promise<void> {
    let waiting: void | Promise<void>;
    try {
      waiting = super.read(into, at);
    } catch (error) {
      throw this.#failed(error);
    }
    if (waiting !== undefined) return this.#later(waiting, "reads", into.length);
    this.#done("reads", into.length);
  }

  override write(from: Uint8Array, at: number): void | Promise<void> {
    let waiting: void | Promise<void>;
    try {
      waiting = super.write(from, at);
    } catch (error) {
      throw this.#failed(error);
    }
    if (waiting !== undefined) return this.#later(waiting, "writes", from.length);
    this.#done("writes", from.length);
  }

  override writeAtomic(from: Uint8Array, at: number): void | Promise<void> {
    let waiting: void | Promise<void>;
    try {
      waiting = super.writeAtomic(from, at);
    } catch (error) {
      throw this.#failed(error);
    }
    if (waiting !== undefined) return this.#later(waiting, "writes", from.length);
    this.#done("writes", from.length);
  }

  override flush(): void | Promise<void> {
    let waiting: void | Promise<void>;
    try {
      waiting = super.flush();
    } catch (error) {
      throw this.#failed(error);
    }
    if (waiting !== undefined) return this.#later(waiting, "flushes", 0);
    this.#done("flushes", 0);
  }

  override unmap(at: number, length: number): void | Promise<void> {
    let waiting: void | Promise<void>;
    try {
      waiting = super.unmap(at, length);
    } catch (error) {
      throw this.#failed(error);
    }
    if (waiting !== undefined) return this.#later(waiting, "unmaps", length);
    this.#done("unmaps", length);
  }

  override zero(at: number, length: number): void | Promise<void> {
    let waiting: void | Promise<void>;
    try {
      waiting = super.zero(at, length);
    } catch (error) {
      throw this.#failed(error);
    }
    if (waiting !== undefined) return this.#later(waiting, "unmaps", length);
    this.#done("unmaps", length);
  }

  async #later(waiting: Promise<void>, kind: Kind, length: number): Promise<void> {
    this.#stats.pending++;
    try {
      await waiting;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#stats.pending--;
    }
    this.#done(kind, length);
  }

  #done(kind: Kind, length: number): void {
    this.#stats[kind]++;
    if (kind === "reads") this.#stats.bytesRead += length;
    else if (kind === "writes") this.#stats.bytesWritten += length;
    else if (kind === "unmaps") this.#stats.bytesUnmapped += length;
  }

  #failed(error: unknown): unknown {
    this.#stats.errors++;
    return error;
  }
}
