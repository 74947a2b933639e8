/**
 * The requests that a session of a load has in flight: a fixed number of slots, whose numbers are their task tags.
 *
 * Hot path: nothing is allocated but views, once each.
 *
 * @module
 */

import type { Random } from "./random.ts";

/** Bytes of memory and views of parts of it, kept for the next time that the same part is wanted. */
export class Memory {
  /** All of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same in words; none where it is not a whole number of them. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly #views: (Uint8Array<ArrayBuffer> | undefined)[] = [];

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.words = size % 4 === 0 ? new Int32Array(this.bytes.buffer) : new Int32Array(0);
  }

  /** Bytes `from` up to, not including, `to`. */
  part(from: number, to: number): Uint8Array<ArrayBuffer> {
    if (from === 0 && to === this.bytes.length) return this.bytes;
    const place = (from >>> 9) % VIEWS;
    const known = this.#views[place];
    if (known !== undefined && known.byteOffset === from && known.length === to - from) return known;
    const view = this.bytes.subarray(from, to);
    this.#views[place] = view;
    return view;
  }
}

/** Parts whose views are kept: a request of 16 MiB in pieces of 256 KiB has as many. */
const VIEWS = 64;

/** How the slots are made. */
export interface SlotsOptions {
  /** How many there are. */
  readonly depth: number;
  /** Bytes of a request. */
  readonly size: number;
  /** Each has memory of its own, because what is in it counts. */
  readonly verify: boolean;
  /** What the memory of all holds otherwise. */
  readonly random: Random;
}

/** The requests of a session, each field an array. */
export class Slots {
  readonly depth: number;
  /** Bytes of each request. */
  readonly size: number;
  /** Where on the LUN, in requests. */
  readonly cell: Float64Array;
  /** 1 for a write. */
  readonly writing: Uint8Array;
  /** 1 from when the command is to be sent until it has ended. */
  readonly active: Uint8Array;
  /** Milliseconds of the clock when the command was sent first. */
  readonly started: Float64Array;
  /** Bytes that have come from the target. */
  readonly received: Float64Array;
  /** CmdSN of the command. */
  readonly cmdSn: Uint32Array;
  readonly #memories: Memory[] = [];

  constructor(options: SlotsOptions) {
    const { depth, size, verify, random } = options;
    this.depth = depth;
    this.size = size;
    this.cell = new Float64Array(depth);
    this.writing = new Uint8Array(depth);
    this.active = new Uint8Array(depth);
    this.started = new Float64Array(depth);
    this.received = new Float64Array(depth);
    this.cmdSn = new Uint32Array(depth);
    const shared = new Memory(size);
    // Data that storage could squeeze would tell nothing.
    random.fill(shared.words);
    for (let slot = 0; slot < depth; slot++) this.#memories.push(verify ? new Memory(size) : shared);
  }

  /** What a slot's request writes, or where what it reads goes. */
  memory(slot: number): Memory {
    return this.#memories[slot] as Memory;
  }
}
