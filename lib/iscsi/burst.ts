/**
 * A stretch of a command's Data-Out and the buffer that it arrives in.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import { RESERVED_TAG } from "./constants.ts";

const EMPTY: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Bytes `start` to `end` of a transfer. Made once and used again. */
export class Burst {
  buffer: Uint8Array<ArrayBuffer> = EMPTY;
  /** Offset of the first byte in the transfer. */
  start = 0;
  /** Offset behind the last byte. */
  end = 0;
  /** Offset of the next byte to come. */
  filled = 0;
  /** Offset behind the last byte that was asked for, or came unasked. */
  requested = 0;
  /** A sequence of Data-Out is under way. */
  open = false;
  /** The tag of the R2T, or the reserved tag while data comes unasked. */
  targetTransferTag: number = RESERVED_TAG;
  /** The next DataSN of the sequence. */
  dataSn = 0;
  /** A PDU of the sequence was lost or damaged: what comes behind it is of no use (RFC 7143 §7.8). */
  spoiled = false;
  /** What had come when somebody last looked, and when that was, in milliseconds. */
  seen = -1;
  seenAt = 0;
}

/** Lends bursts with their buffers. */
export class BurstPool {
  readonly #buffers: BufferPool;
  readonly #free: Burst[] = [];
  #lent = 0;

  constructor(buffers: BufferPool) {
    this.#buffers = buffers;
  }

  /** Bursts on loan. */
  get lent(): number {
    return this.#lent;
  }

  /** Lends a burst for bytes `start` to `end`; nothing when memory is short, unless it was `promised` to the peer. */
  take(start: number, end: number, promised: boolean): Burst | undefined {
    const buffer = promised ? this.#buffers.takeAnyway(end - start) : this.#buffers.take(end - start);
    if (buffer === undefined) return undefined;
    const burst = this.#free.pop() ?? new Burst();
    this.#lent++;
    burst.buffer = buffer;
    burst.start = burst.filled = burst.requested = start;
    burst.end = end;
    burst.open = false;
    burst.targetTransferTag = RESERVED_TAG;
    burst.dataSn = 0;
    burst.spoiled = false;
    burst.seen = -1;
    return burst;
  }

  /** Moves what a burst holds to a buffer that reaches to `end`. */
  extend(burst: Burst, end: number): void {
    const old = burst.buffer;
    if (end - burst.start > old.length) {
      burst.buffer = this.#buffers.takeAnyway(end - burst.start);
      burst.buffer.set(old.subarray(0, burst.filled - burst.start));
      this.#buffers.give(old);
    }
    burst.end = end;
  }

  /** Moves what a burst holds to another buffer: somebody else gives the old one back. */
  moveAway(burst: Burst): void {
    const old = burst.buffer;
    burst.buffer = this.#buffers.takeAnyway(burst.end - burst.start);
    burst.buffer.set(old.subarray(0, burst.filled - burst.start));
  }

  /** Takes a burst back with its buffer. */
  give(burst: Burst): void {
    this.#buffers.give(burst.buffer);
    this.giveWithout(burst);
  }

  /** Takes a burst back whose buffer somebody else gives back. */
  giveWithout(burst: Burst): void {
    burst.buffer = EMPTY;
    this.#lent--;
    this.#free.push(burst);
  }
}
