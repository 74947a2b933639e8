/**
 * A part of a store as a store of its own: a partition, for example.
 *
 * @module
 */

import type { BlockStore, Extent } from "../store.ts";
import { Filter } from "./filter.ts";

/** Which part a {@link SliceStore} is. */
export interface SliceRange {
  /** The first byte below, a multiple of the block size. */
  readonly at: number;
  /** Bytes, a multiple of the block size; up to the end by default. */
  readonly length?: number;
}

/** A part of the store below. */
export class SliceStore extends Filter {
  readonly #at: number;

  /** Closing it closes `below`. Throws a `RangeError` when the range is not within `below`, or is not made of blocks. */
  constructor(below: BlockStore, range: SliceRange) {
    const { at, length = below.size - at } = range;
    if (!(at >= 0 && length > 0 && at + length <= below.size)) {
      throw new RangeError(`Cannot slice a store of ${below.size} bytes: ${length} bytes from ${at} on are not in it`);
    }
    if (at % below.blockSize !== 0 || length % below.blockSize !== 0) {
      throw new RangeError(`Cannot slice a store: ${length} bytes from ${at} on are not blocks of ${below.blockSize}`);
    }
    const { unmapGranularity: granularity = 0, unmapAlignment = 0 } = below.capabilities;
    // Where the first piece begins that is given back as a whole, seen from here.
    const aligned = ((unmapAlignment - at) % granularity + granularity) % granularity || 0;
    super(below, { size: length, capabilities: { unmapAlignment: aligned } });
    this.#at = at;
  }

  override read(into: Uint8Array, at: number): void | Promise<void> {
    return this.below.read(into, at + this.#at);
  }

  override write(from: Uint8Array, at: number): void | Promise<void> {
    return this.below.write(from, at + this.#at);
  }

  override writeAtomic(from: Uint8Array, at: number): void | Promise<void> {
    return this.below.writeAtomic?.(from, at + this.#at);
  }

  override unmap(at: number, length: number): void | Promise<void> {
    return this.below.unmap(at + this.#at, length);
  }

  override zero(at: number, length: number): void | Promise<void> {
    return this.below.zero(at + this.#at, length);
  }

  override extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]> {
    const found = this.below.extents(at + this.#at, length);
    return found instanceof Promise ? found.then((extents) => this.#moved(extents)) : this.#moved(found);
  }

  #moved(extents: readonly Extent[]): readonly Extent[] {
    return extents.map((extent) => ({ ...extent, at: extent.at - this.#at }));
  }
}
