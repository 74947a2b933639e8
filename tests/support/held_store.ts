/**
 * A store in memory whose operations wait until a test lets them go.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import type { BlockStore, Extent, StoreCapabilities } from "../../lib/store/store.ts";

/** An operation that can be held up. */
export type HeldOperation = "read" | "write" | "flush";

/** Blocks in memory, slow on demand. */
export class HeldStore implements BlockStore {
  /** Operations that wait from now on. */
  readonly holding: Set<HeldOperation> = new Set();
  /** What has been asked for, in order, such as `write 512 1024` for 1024 bytes at 512. */
  readonly calls: string[] = [];
  readonly #store: MemoryStore;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#store = new MemoryStore(size);
  }

  get size(): number {
    return this.#store.size;
  }

  get blockSize(): number {
    return this.#store.blockSize;
  }

  get capabilities(): StoreCapabilities {
    return this.#store.capabilities;
  }

  /** Operations that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A copy of what is stored. */
  bytes(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#store.read(bytes, at);
    return bytes;
  }

  /** Lets operations go, oldest first, and those to come; then everything that follows from it happens. */
  async release(count = Infinity): Promise<void> {
    if (count === Infinity) this.holding.clear();
    for (const go of this.#waiting.splice(0, count)) go();
    await settle();
  }

  read(into: Uint8Array, at: number): void | Promise<void> {
    return this.#run("read", `read ${at} ${into.length}`, () => this.#store.read(into, at));
  }

  write(from: Uint8Array, at: number): void | Promise<void> {
    return this.#run("write", `write ${at} ${from.length}`, () => this.#store.write(from, at));
  }

  flush(): void | Promise<void> {
    return this.#run("flush", "flush", () => this.#store.flush());
  }

  unmap(at: number, length: number): void {
    this.#store.unmap(at, length);
  }

  zero(at: number, length: number): void {
    this.#store.zero(at, length);
  }

  extents(at: number, length: number): readonly Extent[] {
    return this.#store.extents(at, length);
  }

  close(): void {
    this.#store.close();
  }

  #run(operation: HeldOperation, call: string, act: () => void): void | Promise<void> {
    this.calls.push(call);
    if (!this.holding.has(operation)) return act();
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(act);
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 64; turn++) await Promise.resolve();
}

/** Lets everything happen that is ready, and what it makes ready a turn of the event loop later, as long copies do. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
