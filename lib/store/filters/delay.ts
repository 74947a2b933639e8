/**
 * Makes a store slow.
 *
 * @module
 */

import type { BlockStore } from "../store.ts";
import { Filter } from "./filter.ts";

/** How slow a {@link DelayStore} is; what is not given is not delayed. */
export interface Delays {
  /** Milliseconds before each read. */
  readonly read?: number;
  /** Milliseconds before each write, zero and unmap. */
  readonly write?: number;
  /** Milliseconds before each flush. */
  readonly flush?: number;
  /** How to wait, for tests: settles after so many milliseconds. A timer by default. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Waits before each operation is passed on; operations do not wait for each other. */
export class DelayStore extends Filter {
  readonly #read: number;
  readonly #write: number;
  readonly #flush: number;
  readonly #sleep: (milliseconds: number) => Promise<void>;

  /** Closing it closes `below`, without delay. */
  constructor(below: BlockStore, delays: Delays) {
    super(below);
    this.#read = delays.read ?? 0;
    this.#write = delays.write ?? 0;
    this.#flush = delays.flush ?? 0;
    this.#sleep = delays.sleep ?? sleep;
  }

  override read(into: Uint8Array, at: number): void | Promise<void> {
    return this.#read === 0 ? super.read(into, at) : this.#sleep(this.#read).then(() => super.read(into, at));
  }

  override write(from: Uint8Array, at: number): void | Promise<void> {
    return this.#write === 0 ? super.write(from, at) : this.#sleep(this.#write).then(() => super.write(from, at));
  }

  override writeAtomic(from: Uint8Array, at: number): void | Promise<void> {
    if (this.#write === 0) return super.writeAtomic(from, at);
    return this.#sleep(this.#write).then(() => super.writeAtomic(from, at));
  }

  override unmap(at: number, length: number): void | Promise<void> {
    return this.#write === 0 ? super.unmap(at, length) : this.#sleep(this.#write).then(() => super.unmap(at, length));
  }

  override zero(at: number, length: number): void | Promise<void> {
    return this.#write === 0 ? super.zero(at, length) : this.#sleep(this.#write).then(() => super.zero(at, length));
  }

  override flush(): void | Promise<void> {
    return this.#flush === 0 ? super.flush() : this.#sleep(this.#flush).then(() => super.flush());
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
