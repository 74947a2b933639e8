/**
 * What every filter starts from: a store that passes all on to the store below.
 *
 * @module
 */

import type { BlockStore, Extent, StoreCapabilities, StoreSpace } from "../store.ts";

/** Passes every call on. A filter extends it and overrides only what it changes. */
export class Filter implements BlockStore {
  readonly size: number;
  readonly blockSize: number;
  readonly capabilities: StoreCapabilities;
  /** The store below. */
  protected readonly below: BlockStore;

  /** `changes` replaces what the filter does not leave as it is below. */
  constructor(below: BlockStore, changes: { size?: number; capabilities?: Partial<StoreCapabilities> } = {}) {
    this.below = below;
    this.size = changes.size ?? below.size;
    this.blockSize = below.blockSize;
    this.capabilities = { ...below.capabilities, ...changes.capabilities };
  }

  read(into: Uint8Array, at: number): void | Promise<void> {
    return this.below.read(into, at);
  }

  write(from: Uint8Array, at: number): void | Promise<void> {
    return this.below.write(from, at);
  }

  /** Where the store below has no such call, `capabilities.atomicLength` is not above 0. */
  writeAtomic(from: Uint8Array, at: number): void | Promise<void> {
    return this.below.writeAtomic?.(from, at);
  }

  /** `undefined` when the store below cannot say. */
  space(): StoreSpace | undefined | Promise<StoreSpace | undefined> {
    return this.below.space?.();
  }

  flush(): void | Promise<void> {
    return this.below.flush();
  }

  unmap(at: number, length: number): void | Promise<void> {
    return this.below.unmap(at, length);
  }

  zero(at: number, length: number): void | Promise<void> {
    return this.below.zero(at, length);
  }

  extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]> {
    return this.below.extents(at, length);
  }

  close(): void | Promise<void> {
    return this.below.close();
  }
}
