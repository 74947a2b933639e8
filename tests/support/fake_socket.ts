/**
 * A socket whose other end is the test: it gives what the server reads and takes what it writes, or does not.
 *
 * @module
 */

import type { Socket } from "../../lib/net/served_connection.ts";

/** One end of a connection in memory. */
export class FakeSocket implements Socket {
  /** What was written, in order. */
  readonly written: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes that one write takes. */
  most: number = Infinity;
  /** Writes wait, as when the peer does not read. */
  stuck = false;
  /** The next write fails with this. */
  failure: Error | undefined;
  closed = false;
  /** How often `closeWrite` was called. */
  writeClosed = 0;
  #input: Uint8Array[] = [];
  #ended = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** Bytes that nobody has read. */
  get unread(): number {
    return this.#input.reduce((sum, each) => sum + each.length, 0);
  }

  /** The peer sends bytes. */
  send(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#wakeReader?.();
  }

  /** The peer says that it sends no more. */
  endInput(): void {
    this.#ended = true;
    this.#wakeReader?.();
  }

  /** The peer reads again. */
  release(): void {
    this.stuck = false;
    this.#wakeWriter?.();
  }

  /** Everything that was written, which is then forgotten. */
  take(): Uint8Array {
    const all = new Uint8Array(this.written.reduce((sum, each) => sum + each.length, 0));
    let at = 0;
    for (const each of this.written.splice(0)) {
      all.set(each, at);
      at += each.length;
    }
    return all;
  }

  async read(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    for (;;) {
      if (this.closed) throw new Error("Cannot read: the socket is closed");
      const first = this.#input[0];
      if (first !== undefined) {
        const length = Math.min(first.length, into.length);
        into.set(first.subarray(0, length));
        if (length === first.length) this.#input.shift();
        else this.#input[0] = first.subarray(length);
        return length;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
  }

  async write(from: Uint8Array<ArrayBuffer>): Promise<number> {
    while (this.stuck && !this.closed) await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    await Promise.resolve();
    if (this.closed) throw new Error("Cannot write: the socket is closed");
    if (this.failure !== undefined) throw this.failure;
    const length = Math.min(this.most, from.length);
    this.written.push(from.slice(0, length));
    return length;
  }

  closeWrite(): Promise<void> {
    this.writeClosed++;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}
