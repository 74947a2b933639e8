/** A store in memory whose every call can be delayed or made to fail, for tests of the SCSI layer. */

import type { BlockStore, Extent, StoreCapabilities } from "../../lib/store/store.ts";

/** Options of an {@link ArrayStore}. */
export interface ArrayStoreOptions extends Partial<StoreCapabilities> {
  readonly blockSize?: number;
  /** Every call answers with a promise. */
  readonly late?: boolean;
}

/** An error as the stores of `lib/store` throw it. */
export class FakeStoreError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`Cannot use the store: ${code}`);
    this.code = code;
  }
}

/** Blocks in an array, with a log of calls. */
export class ArrayStore implements BlockStore {
  readonly data: Uint8Array;
  readonly blockSize: number;
  readonly capabilities: StoreCapabilities;
  readonly calls: string[] = [];
  late: boolean;
  /** The next calls fail with this. */
  failure: unknown = undefined;
  /** Called before each call, for tests that change the world in the middle. */
  before: () => void = () => {};
  size: number;

  constructor(size: number, options: ArrayStoreOptions = {}) {
    const { blockSize = 1, late = false, ...capabilities } = options;
    this.data = new Uint8Array(size);
    this.size = size;
    this.blockSize = blockSize;
    this.late = late;
    this.capabilities = {
      readOnly: false,
      volatileCache: true,
      unmap: false,
      extents: false,
      rotational: false,
      atomicLength: 0x1_0000,
      ...capabilities,
    };
  }

  read(into: Uint8Array, at: number): void | Promise<void> {
    this.#check(into.length, at);
    return this.#answer(`read ${at} ${into.length}`, () => into.set(this.data.subarray(at, at + into.length)));
  }

  write(from: Uint8Array, at: number): void | Promise<void> {
    this.#check(from.length, at);
    return this.#answer(`write ${at} ${from.length}`, () => this.data.set(from, at));
  }

  writeAtomic(from: Uint8Array, at: number): void | Promise<void> {
    this.#check(from.length, at);
    return this.#answer(`write atomic ${at} ${from.length}`, () => this.data.set(from, at));
  }

  flush(): void | Promise<void> {
    return this.#answer("flush", () => {});
  }

  unmap(at: number, length: number): void | Promise<void> {
    this.#check(length, at);
    return this.#answer(`unmap ${at} ${length}`, () => this.data.fill(0, at, at + length));
  }

  zero(at: number, length: number): void | Promise<void> {
    this.#check(length, at);
    return this.#answer(`zero ${at} ${length}`, () => this.data.fill(0, at, at + length));
  }

  extents(at: number, length: number): readonly Extent[] {
    return [{ at, length, allocated: true }];
  }

  close(): void {}

  /** The port's promise: whole blocks, inside. */
  #check(length: number, at: number): void {
    const whole = at % this.blockSize === 0 && length % this.blockSize === 0;
    if (!whole || at < 0 || at + length > this.size) throw new TypeError(`Cannot use bytes ${at}+${length}: bad range`);
  }

  #answer(call: string, act: () => void): void | Promise<void> {
    this.calls.push(call);
    this.before();
    if (this.late) return this.#later(act);
    if (this.failure !== undefined) throw this.failure;
    act();
  }

  async #later(act: () => void): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    act();
  }
}
