/**
 * Blocks in memory: sparse, gone when the process ends.
 *
 * Data path: nothing is allocated but pages, on the first write to them.
 *
 * @module
 */

import { OutOfSpaceError, StoreClosedError } from "./errors.ts";
import type { BlockStore, Extent, StoreCapabilities, StoreSpace } from "./store.ts";

/** How a {@link MemoryStore} is made. */
export interface MemoryStoreOptions {
  /** Bytes; a power of two from 1 to 65536. 512 by default. */
  readonly blockSize?: number;
  /** Bytes that are allocated and given back together; a power of two from `blockSize` on. 65536 by default. */
  readonly pageSize?: number;
  /** Bytes of pages in use from which on writes fail with {@link OutOfSpaceError}. No limit by default. */
  readonly limit?: number;
  /** Writes count as lost until they are flushed, see {@link MemoryStore.lose}. */
  readonly volatileCache?: boolean;
}

type Page = Uint8Array | undefined;

const pagesPerChapter = 1024;

/**
 * A store in memory. Pages are allocated when they are first written, and freed by `unmap`.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "./memory_store.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore(1 << 30);
 * store.write(new Uint8Array(512).fill(7), 4096);
 * const block = new Uint8Array(512);
 * store.read(block, 4096);
 * assertEquals(block[0], 7);
 * assertEquals(store.allocated, 65536);
 * ```
 */
export class MemoryStore implements BlockStore {
  readonly size: number;
  readonly blockSize: number;
  readonly capabilities: StoreCapabilities;
  readonly #pageSize: number;
  readonly #limit: number;
  readonly #chapters: (Page[] | undefined)[] = [];
  /** Pages as they were at the last flush, of those that were changed since. */
  readonly #stable: Map<number, Page> | undefined;
  #allocated = 0;
  #closed = false;

  /** Makes a store of `size` bytes, all zeros. Throws a `RangeError` when sizes do not fit each other. */
  constructor(size: number, options: MemoryStoreOptions = {}) {
    const { blockSize = 512, pageSize = 65536, limit = Infinity, volatileCache = false } = options;
    if (!isPowerOfTwo(blockSize) || blockSize > 65536 || !isPowerOfTwo(pageSize) || pageSize < blockSize) {
      throw new RangeError(`Cannot make a memory store: blocks of ${blockSize} in pages of ${pageSize} bytes`);
    }
    if (!Number.isSafeInteger(size) || size <= 0 || size % blockSize !== 0) {
      throw new RangeError(`Cannot make a memory store: ${size} bytes is no multiple of the block size ${blockSize}`);
    }
    this.size = size;
    this.blockSize = blockSize;
    this.capabilities = {
      readOnly: false,
      volatileCache,
      unmap: true,
      extents: true,
      rotational: false,
      unmapGranularity: pageSize,
      atomicLength: size,
      space: true,
    };
    this.#pageSize = pageSize;
    this.#limit = limit;
    this.#stable = volatileCache ? new Map() : undefined;
  }

  /** Bytes of pages in use. */
  get allocated(): number {
    return this.#allocated;
  }

  read(into: Uint8Array, at: number): void {
    this.#checkOpen();
    const pageSize = this.#pageSize;
    for (let done = 0; done < into.length;) {
      const index = Math.floor((at + done) / pageSize);
      const start = at + done - index * pageSize;
      const length = Math.min(pageSize - start, into.length - done);
      const page = this.#page(index);
      if (page === undefined) into.fill(0, done, done + length);
      else copy(page, start, into, done, length);
      done += length;
    }
  }

  write(from: Uint8Array, at: number): void {
    this.#checkOpen();
    const pageSize = this.#pageSize;
    for (let done = 0; done < from.length;) {
      const index = Math.floor((at + done) / pageSize);
      const start = at + done - index * pageSize;
      const length = Math.min(pageSize - start, from.length - done);
      this.#keep(index);
      copy(from, done, this.#page(index) ?? this.#allocate(index), start, length);
      done += length;
    }
  }

  /** What could fail in the middle fails before. */
  writeAtomic(from: Uint8Array, at: number): void {
    this.#checkOpen();
    const end = at + from.length;
    for (let index = Math.floor(at / this.#pageSize); index * this.#pageSize < end; index++) {
      if (this.#page(index) !== undefined) continue;
      this.#keep(index);
      this.#allocate(index);
    }
    this.write(from, at);
  }

  space(): StoreSpace {
    return { used: this.#allocated, available: Math.min(this.#limit, this.size) - this.#allocated };
  }

  flush(): void {
    this.#checkOpen();
    this.#stable?.clear();
  }

  unmap(at: number, length: number): void {
    this.#checkOpen();
    const pageSize = this.#pageSize;
    const end = at + length;
    for (let done = at; done < end;) {
      const index = Math.floor(done / pageSize);
      const start = done - index * pageSize;
      const count = Math.min(pageSize - start, end - done);
      const page = this.#page(index);
      if (page === undefined) {
        done = this.#nextAllocated(index) * pageSize;
        continue;
      }
      this.#keep(index);
      if (count < pageSize) page.fill(0, start, start + count);
      if (count === pageSize || isZero(page)) this.#free(index);
      done += count;
    }
  }

  zero(at: number, length: number): void {
    this.unmap(at, length);
  }

  extents(at: number, length: number): readonly Extent[] {
    this.#checkOpen();
    const pageSize = this.#pageSize;
    const end = at + length;
    const found: Extent[] = [];
    for (let done = at; done < end;) {
      const index = Math.floor(done / pageSize);
      const allocated = this.#page(index) !== undefined;
      let next = allocated ? index + 1 : this.#nextAllocated(index);
      if (allocated) { while (next * pageSize < end && this.#page(next) !== undefined) next++; }
      const stop = Math.min(next * pageSize, end);
      found.push({ at: done, length: stop - done, allocated });
      done = stop;
    }
    return found;
  }

  close(): void {
    this.#checkOpen();
    this.#closed = true;
    this.#chapters.length = 0;
    this.#stable?.clear();
    this.#allocated = 0;
  }

  /** Undoes everything since the last flush, as a power failure would. Needs `volatileCache`. */
  lose(): void {
    this.#checkOpen();
    if (this.#stable === undefined) throw new TypeError("Cannot lose writes: the store has no volatile cache");
    for (const [index, page] of this.#stable) {
      if (page === undefined) this.#free(index);
      else (this.#page(index) ?? this.#allocate(index)).set(page);
    }
    this.#stable.clear();
  }

  #page(index: number): Page {
    return this.#chapters[Math.floor(index / pagesPerChapter)]?.[index % pagesPerChapter];
  }

  #allocate(index: number): Uint8Array {
    const bytes = Math.min(this.#pageSize, this.size - index * this.#pageSize);
    if (this.#allocated + bytes > this.#limit) {
      throw new OutOfSpaceError(`Cannot write memory: all ${this.#limit} bytes that it may use are in use`);
    }
    let page: Uint8Array;
    try {
      page = new Uint8Array(bytes);
    } catch (error) {
      throw new OutOfSpaceError("Cannot write memory: there is none left", error);
    }
    const chapter = this.#chapters[Math.floor(index / pagesPerChapter)] ??= new Array<Page>(pagesPerChapter).fill(
      undefined,
    );
    chapter[index % pagesPerChapter] = page;
    this.#allocated += bytes;
    return page;
  }

  #free(index: number): void {
    const chapter = this.#chapters[Math.floor(index / pagesPerChapter)];
    const page = chapter?.[index % pagesPerChapter];
    if (chapter === undefined || page === undefined) return;
    chapter[index % pagesPerChapter] = undefined;
    this.#allocated -= page.length;
  }

  /** The first page after `index` that is allocated, or the number of pages. */
  #nextAllocated(index: number): number {
    const pages = Math.ceil(this.size / this.#pageSize);
    let next = index + 1;
    while (next < pages) {
      const chapter = this.#chapters[Math.floor(next / pagesPerChapter)];
      if (chapter === undefined) next = (Math.floor(next / pagesPerChapter) + 1) * pagesPerChapter;
      else if (chapter[next % pagesPerChapter] === undefined) next++;
      else return next;
    }
    return pages;
  }

  #keep(index: number): void {
    if (this.#stable === undefined || this.#stable.has(index)) return;
    this.#stable.set(index, this.#page(index)?.slice());
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreClosedError("Cannot use the memory store: it is closed");
  }
}

/** Copies without a view where that is cheaper than the view. */
function copy(from: Uint8Array, start: number, into: Uint8Array, at: number, length: number): void {
  if (length === from.length) into.set(from, at);
  else if (length <= 64) { for (let i = 0; i < length; i++) into[at + i] = from[start + i] as number; }
  else into.set(from.subarray(start, start + length), at);
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && (n & (n - 1)) === 0;
}

function isZero(page: Uint8Array): boolean {
  for (let i = 0; i < page.length; i++) if (page[i] !== 0) return false;
  return true;
}
