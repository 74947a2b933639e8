/**
 * Two ends of a byte stream in memory.
 *
 * @module
 */

import type { Transport } from "../../lib/initiator/channel.ts";

/** How the stream behaves. */
export interface MemoryPairOptions {
  /** Most bytes that one read or write moves; no limit by default. */
  readonly most?: number;
}

/** Makes a stream: what one end writes, the other reads. Closing one end lets the other read what is left, then `null`. */
export function memoryPair(options: MemoryPairOptions = {}): [one: Transport, other: Transport] {
  const most = options.most ?? Infinity;
  const there = new Pipe(most);
  const back = new Pipe(most);
  return [new End(back, there), new End(there, back)];
}

class End implements Transport {
  readonly #in: Pipe;
  readonly #out: Pipe;
  #closed = false;

  constructor(input: Pipe, output: Pipe) {
    this.#in = input;
    this.#out = output;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#closed) return Promise.reject(new Error("Cannot read: the stream is closed"));
    return this.#in.read(into);
  }

  write(from: Uint8Array): Promise<number> {
    if (this.#closed) return Promise.reject(new Error("Cannot write: the stream is closed"));
    return this.#out.write(from);
  }

  close(): void {
    this.#closed = true;
    this.#in.end();
    this.#out.end();
  }
}

class Pipe {
  readonly #most: number;
  #bytes = new Uint8Array(0);
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#bytes.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const length = Math.min(into.length, this.#bytes.length, this.#most);
    into.set(this.#bytes.subarray(0, length));
    this.#bytes = this.#bytes.slice(length);
    return length;
  }

  write(from: Uint8Array): Promise<number> {
    if (this.#ended) return Promise.reject(new Error("Cannot write: the other end is closed"));
    const length = Math.min(from.length, this.#most);
    const joined = new Uint8Array(this.#bytes.length + length);
    joined.set(this.#bytes);
    joined.set(from.subarray(0, length), this.#bytes.length);
    this.#bytes = joined;
    this.#wake?.();
    return Promise.resolve(length);
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}
