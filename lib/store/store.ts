/**
 * The port behind which blocks are kept. A store is small and stacks: a filter takes a store and is a store.
 *
 * Offsets and lengths are bytes. Whoever calls has checked them: `0 <= at`, `at + length <= size`, both multiples of
 * `blockSize`. A buffer is lent until the call returns, or until its promise settles.
 *
 * @module
 */

/** What a store can do; the SCSI layer claims nothing that is not said here. */
export interface StoreCapabilities {
  /** Writes, unmaps and zeroes are refused. */
  readonly readOnly: boolean;
  /** A write may be lost on power failure until `flush` is done. */
  readonly volatileCache: boolean;
  /** `unmap` gives space back. */
  readonly unmap: boolean;
  /** `extents` tells allocated from unallocated ranges. */
  readonly extents: boolean;
  /** The medium turns: initiators then order their requests. */
  readonly rotational: boolean;
  /** Bytes that are given back together, at multiples of it behind `unmapAlignment`; absent or 0 when not known. */
  readonly unmapGranularity?: number;
  /** The first byte with which something begins that is given back together; absent for byte 0. */
  readonly unmapAlignment?: number;
  /** The most bytes that `writeAtomic` takes; absent or 0 when there is no such call. */
  readonly atomicLength?: number;
  /** `space` tells how full it is. */
  readonly space?: boolean;
}

/** How full the place is where a store keeps its blocks. */
export interface StoreSpace {
  /** Bytes that the store takes up. */
  readonly used: number;
  /** Bytes that may still be allocated; other stores may want them too. */
  readonly available: number;
}

/** A range of a store that is allocated or not; an unallocated one reads as zeros. */
export interface Extent {
  /** First byte. */
  readonly at: number;
  /** Bytes. */
  readonly length: number;
  readonly allocated: boolean;
}

/** Blocks, wherever they are kept. Each call is done when it returns `undefined`, or when its promise settles. */
export interface BlockStore {
  /** Bytes, a multiple of `blockSize`. */
  readonly size: number;
  /** The smallest unit, in bytes, that can be read and written: a power of two from 1 to 65536. */
  readonly blockSize: number;
  readonly capabilities: StoreCapabilities;
  /** Fills `into` from byte `at` on. */
  read(into: Uint8Array, at: number): void | Promise<void>;
  /** Writes `from` at byte `at`. */
  write(from: Uint8Array, at: number): void | Promise<void>;
  /** Writes `from` at byte `at`, all of it or nothing, whatever fails, the power included. */
  writeAtomic?(from: Uint8Array, at: number): void | Promise<void>;
  /** Done when everything written before is on stable storage. */
  flush(): void | Promise<void>;
  /** Makes the range read as zeros and gives its space back, where `capabilities.unmap`; else the same as `zero`. */
  unmap(at: number, length: number): void | Promise<void>;
  /** Makes the range read as zeros. */
  zero(at: number, length: number): void | Promise<void>;
  /** The extents of a range, in order and without gaps. Without `capabilities.extents`: one allocated extent. */
  extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]>;
  /** How full it is; absent, or `undefined`, when nobody can say. */
  space?(): StoreSpace | undefined | Promise<StoreSpace | undefined>;
  /** Flushes and lets go of everything. No other call may follow. */
  close(): void | Promise<void>;
}
