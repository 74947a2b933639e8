/**
 * Lends buffers in a few sizes and takes them back, so that the data path neither allocates nor grows without bound.
 *
 * Data path: take and give allocate nothing once the pool is warm.
 *
 * @module
 */

/** Room for headers, digests and padding around a power of two of data. */
const SLACK = 1024;

/** Sizes that the pool lends, in bytes. */
const SIZES = [8192 + SLACK, 65536 + SLACK, 262144 + SLACK, 1048576 + SLACK] as const;

/** What a pool may hold. */
export interface BufferPoolOptions {
  /** Bytes that may be lent at a time by {@link BufferPool.take}; 256 MiB by default. */
  limit?: number;
  /** Bytes that are kept for the next taker when nobody uses them; 32 MiB by default. */
  keep?: number;
}

/** A pool of buffers. Who takes one gives it back, once. */
export class BufferPool {
  /** Bytes that may be lent at a time. */
  readonly limit: number;
  readonly #keep: number;
  readonly #free: Uint8Array<ArrayBuffer>[][] = SIZES.map(() => []);
  #lent = 0;
  #kept = 0;

  constructor(options: BufferPoolOptions = {}) {
    this.limit = options.limit ?? 256 * 1024 * 1024;
    this.#keep = options.keep ?? 32 * 1024 * 1024;
  }

  /** Bytes out on loan: zero when everybody has given back. */
  get lent(): number {
    return this.#lent;
  }

  /** More is on loan than may be: what was promised has been asked for. */
  get short(): boolean {
    return this.#lent > this.limit;
  }

  /** Bytes kept for the next taker. */
  get kept(): number {
    return this.#kept;
  }

  /**
   * Lends a buffer of at least `length` bytes, or nothing when the limit is reached. What it holds is stale.
   *
   * @throws {RangeError} beyond the largest size, 1 MiB and some slack.
   */
  take(length: number): Uint8Array<ArrayBuffer> | undefined {
    const size = SIZES[sizeIndex(length)] as number;
    return this.#lent + size > this.limit ? undefined : this.takeAnyway(length);
  }

  /** Lends a buffer even beyond the limit: for what the peer was already promised. */
  takeAnyway(length: number): Uint8Array<ArrayBuffer> {
    const index = sizeIndex(length);
    const size = SIZES[index] as number;
    this.#lent += size;
    const buffer = (this.#free[index] as Uint8Array<ArrayBuffer>[]).pop();
    if (buffer === undefined) return new Uint8Array(size);
    this.#kept -= size;
    return buffer;
  }

  /** Counts a buffer as given back and never lends it again: somebody may still read it. */
  lose(buffer: Uint8Array<ArrayBuffer>): void {
    this.#lent -= buffer.length;
  }

  /** Takes a buffer back. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    const size = buffer.length;
    this.#lent -= size;
    if (this.#kept + size > this.#keep) {
      // Freed at once: an idle server may not collect garbage for long.
      buffer.buffer.transfer(0);
      return;
    }
    this.#kept += size;
    (this.#free[sizeIndex(size)] as Uint8Array<ArrayBuffer>[]).push(buffer);
  }
}

function sizeIndex(length: number): number {
  for (let i = 0; i < SIZES.length; i++) if (length <= (SIZES[i] as number)) return i;
  throw new RangeError(`Cannot lend ${length} bytes: the largest buffer has ${SIZES[SIZES.length - 1]}`);
}
