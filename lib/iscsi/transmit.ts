/**
 * What a connection has to send. PDUs are built where they are sent from: a frame is reserved in the current chunk,
 * filled (by a store, without a copy) and committed; frames that lie side by side leave in one write, because there is no
 * writev and two writes cost twice one.
 *
 * Frames may be committed in any order; what was committed first is sent first.
 *
 * Data path: reserve, commit, peek and sent allocate nothing but the view that peek returns.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";

/** Bytes of data in one chunk, headers not counted: also the longest data segment that can be sent. */
export const CHUNK_DATA = 262144;

/** Chunks that data may fill before {@link Transmit.reserve} refuses: 2 MiB waiting for one slow reader. */
const MAX_CHUNKS = 8;

/** A piece of send buffer. Frames keep their chunk from being reused. */
class Chunk {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where the next frame goes. */
  tail = 0;
  /** Frames reserved and not yet sent. */
  frames = 0;
  /** A write that nobody waits for any more may still read it. */
  reading = false;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }
}

/** Where a PDU is built: `bytes[start]` to `bytes[start + length - 1]`. Made once and used again and again. */
export class Frame {
  bytes: Uint8Array<ArrayBuffer> = EMPTY;
  start = 0;
  length = 0;
  /** For {@link Transmit} alone. */
  chunk: Chunk | undefined;

  /** Has been reserved and neither committed nor cancelled. */
  get open(): boolean {
    return this.chunk !== undefined;
  }
}

const EMPTY: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** The committed PDUs of one chunk, side by side. */
interface Run {
  chunk: Chunk | undefined;
  start: number;
  end: number;
  frames: number;
}

/** The send side of a connection. */
export class Transmit {
  readonly #pool: BufferPool;
  #current: Chunk | undefined;
  /** An object to be used again; its buffer is given back as soon as nothing is in it, since most connections idle. */
  #spare: Chunk | undefined;
  #chunks = 0;
  /** A ring of runs, oldest at `#first`. */
  #runs: Run[] = [emptyRun(), emptyRun(), emptyRun(), emptyRun()];
  #first = 0;
  #count = 0;
  #queued = 0;
  /** What `peek` has lent is still out. */
  #lent = false;
  /** The pool had nothing to lend when a frame was last wanted. */
  #refused = false;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Bytes committed and not yet sent. */
  get queued(): number {
    return this.#queued;
  }

  /** Frames cannot be reserved for data until something was sent or cancelled. */
  get full(): boolean {
    return this.#chunks >= MAX_CHUNKS || this.#refused;
  }

  /** Nothing is reserved, nothing is waiting. */
  get idle(): boolean {
    return this.#count === 0 && (this.#current === undefined || this.#current.frames === 0);
  }

  /**
   * Reserves `length` bytes. `urgent` frames are for short PDUs that must not wait for data to leave.
   *
   * @returns false when the buffers are full: until something was sent or cancelled.
   */
  reserve(frame: Frame, length: number, urgent = false): boolean {
    let chunk = this.#current;
    if (chunk === undefined || chunk.tail + length > chunk.bytes.length) {
      if (this.#chunks >= MAX_CHUNKS && !urgent) return false;
      // One chunk everybody may have: what is in it will leave, so whoever is refused waits for something that comes.
      const buffer = urgent || this.#chunks === 0 ? this.#pool.takeAnyway(CHUNK_DATA) : this.#pool.take(CHUNK_DATA);
      if (buffer === undefined) {
        this.#refused = true;
        return false;
      }
      chunk = this.#chunkOf(buffer);
      this.#chunks++;
      this.#current = chunk;
    }
    frame.chunk = chunk;
    frame.bytes = chunk.bytes;
    frame.start = chunk.tail;
    frame.length = length;
    chunk.tail += length;
    chunk.frames++;
    return true;
  }

  /** Queues the first `length` bytes of a frame for sending. */
  commit(frame: Frame, length: number): void {
    const chunk = frame.chunk as Chunk;
    // Bytes that were reserved and not used go back only while nothing lies behind them.
    if (chunk.tail === frame.start + frame.length) chunk.tail = frame.start + length;
    frame.chunk = undefined;
    this.#queued += length;
    const last = this.#count > 0 ? this.#run(this.#count - 1) : undefined;
    if (last !== undefined && last.chunk === chunk && last.end === frame.start) {
      last.end += length;
      last.frames++;
      return;
    }
    if (this.#count === this.#runs.length) this.#grow();
    const run = this.#run(this.#count++);
    run.chunk = chunk;
    run.start = frame.start;
    run.end = frame.start + length;
    run.frames = 1;
  }

  /** Gives a frame back unsent. */
  cancel(frame: Frame): void {
    const chunk = frame.chunk;
    if (chunk === undefined) return;
    frame.chunk = undefined;
    this.#refused = false;
    if (chunk.tail === frame.start + frame.length) chunk.tail = frame.start;
    this.#release(chunk, 1);
  }

  /** The next bytes to send, or `undefined` when there are none. Lent until `sent`. */
  peek(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#count === 0) return undefined;
    const run = this.#run(0);
    this.#lent = true;
    return (run.chunk as Chunk).bytes.subarray(run.start, run.end);
  }

  /** The first `length` bytes of what `peek` lent have left. */
  sent(length: number): void {
    const run = this.#run(0);
    this.#lent = this.#refused = false;
    run.start += length;
    this.#queued -= length;
    if (run.start < run.end) return;
    const chunk = run.chunk as Chunk;
    run.chunk = undefined;
    this.#first = (this.#first + 1) % this.#runs.length;
    this.#count--;
    this.#release(chunk, run.frames);
  }

  /**
   * Forgets everything that was committed: the connection is gone. Frames still reserved are given back by `cancel`. A
   * chunk that a write may still be reading is not used again, lest the data of others leave by it.
   */
  clear(): void {
    if (this.#lent) (this.#run(0).chunk as Chunk).reading = true;
    while (this.#count > 0) {
      const run = this.#run(0);
      this.sent(run.end - run.start);
    }
    // What is still reserved keeps its chunk until it is cancelled; nothing more goes into it.
    this.#current = undefined;
  }

  #run(index: number): Run {
    return this.#runs[(this.#first + index) % this.#runs.length] as Run;
  }

  #grow(): void {
    const runs: Run[] = [];
    for (let i = 0; i < this.#count; i++) runs.push(this.#run(i));
    while (runs.length < this.#count * 2) runs.push(emptyRun());
    this.#runs = runs;
    this.#first = 0;
  }

  #release(chunk: Chunk, frames: number): void {
    chunk.frames -= frames;
    if (chunk.frames > 0) return;
    if (chunk === this.#current) this.#current = undefined;
    this.#drop(chunk);
  }

  #chunkOf(bytes: Uint8Array<ArrayBuffer>): Chunk {
    const chunk = this.#spare;
    if (chunk === undefined) return new Chunk(bytes);
    this.#spare = undefined;
    chunk.bytes = bytes;
    chunk.tail = 0;
    return chunk;
  }

  #drop(chunk: Chunk): void {
    this.#chunks--;
    if (chunk.reading) {
      this.#pool.lose(chunk.bytes);
      return;
    }
    this.#pool.give(chunk.bytes);
    chunk.bytes = EMPTY;
    this.#spare = chunk;
  }
}

function emptyRun(): Run {
  return { chunk: undefined, start: 0, end: 0, frames: 0 };
}
