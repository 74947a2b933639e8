/**
 * A store without any: reads zeros, forgets what is written. For measuring everything above the stores.
 *
 * @module
 */

import type { BlockStore, Extent, StoreCapabilities } from "./store.ts";

/** Reads zeros of any size and forgets all writes. */
export class NullStore implements BlockStore {
  readonly size: number;
  readonly blockSize: number;
  readonly capabilities: StoreCapabilities = {
    readOnly: false,
    volatileCache: false,
    unmap: true,
    extents: true,
    rotational: false,
    atomicLength: 1 << 20,
  };

  /** Makes a store of `size` bytes in blocks of `blockSize` bytes. Throws a `RangeError` when they do not fit. */
  constructor(size: number, blockSize = 512) {
    if (!Number.isSafeInteger(size) || size <= 0 || size % blockSize !== 0) {
      throw new RangeError(`Cannot make a null store: ${size} bytes is no multiple of the block size ${blockSize}`);
    }
    this.size = size;
    this.blockSize = blockSize;
  }

  read(into: Uint8Array, _at: number): void {
    into.fill(0);
  }

  write(_from: Uint8Array, _at: number): void {}

  writeAtomic(_from: Uint8Array, _at: number): void {}

  flush(): void {}

  unmap(_at: number, _length: number): void {}

  zero(_at: number, _length: number): void {}

  extents(at: number, length: number): readonly Extent[] {
    return [{ at, length, allocated: false }];
  }

  close(): void {}
}
