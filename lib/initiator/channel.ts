/**
 * PDUs over a byte stream: framing both ways, and writes that gather what came up while the last one was under way.
 *
 * @module
 */

import { BufferPool } from "../bytes/pool.ts";
import { Deframer, type Pdu, type Placement } from "../iscsi/deframer.ts";
import { SessionClosedError } from "./errors.ts";
import { frame } from "./frame.ts";

/** A byte stream in both directions. `Deno.Conn` is one. */
export interface Transport {
  /** Fills the front of `into`; gives the number of bytes, or `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Takes bytes from the front of `from`; gives their number. */
  write(from: Uint8Array): Promise<number>;
  /** Ends the stream and every read and write under way. */
  close(): void;
}

/** Bytes that one write gathers. */
const GATHER = 65536;

/** The PDUs of one connection. */
export class PduChannel {
  /** CRC32C over headers we send; the deframer has its own. */
  headerDigest = false;
  /** CRC32C over data we send; the deframer has its own. */
  dataDigest = false;
  /** The receive side. */
  readonly deframer: Deframer;
  readonly #transport: Transport;
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];
  #writing = false;
  #closed = false;
  #failure: unknown;

  constructor(transport: Transport, placement: Placement) {
    this.#transport = transport;
    this.deframer = new Deframer(placement, new BufferPool());
  }

  /** Queues a PDU. Everything is copied; nothing is sent once the channel is closed. */
  send(header: Uint8Array, data?: Uint8Array, ahs?: Uint8Array): void {
    if (this.#closed) return;
    const parts = { header, ...(data === undefined ? {} : { data }), ...(ahs === undefined ? {} : { ahs }) };
    this.#queue.push(frame(parts, this));
    if (!this.#writing) void this.#drain();
  }

  /**
   * The next PDU, valid until the next call; `undefined` at the end of the stream.
   *
   * @throws {ConnectionError} the stream makes no sense.
   * @throws {SessionClosedError} the connection broke.
   */
  async receive(): Promise<Pdu | undefined> {
    for (;;) {
      const pdu = this.deframer.next();
      if (pdu !== undefined) return pdu;
      const length = await this.#read();
      if (length === null) return undefined;
      this.deframer.fill(length);
    }
  }

  /** Closes the stream. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.deframer.close();
    this.#transport.close();
  }

  async #read(): Promise<number | null> {
    let length: number | null = null;
    try {
      length = await this.#transport.read(this.deframer.want());
    } catch (error) {
      // A read that our own close() ended is no failure.
      if (!this.#closed) this.#failure = error;
    }
    if (this.#failure !== undefined) throw broken(this.#failure);
    return this.#closed ? null : length;
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#queue.length > 0) {
        let bytes = this.#gather();
        while (bytes.length > 0) bytes = bytes.subarray(await this.#transport.write(bytes));
      }
    } catch (error) {
      // Whoever receives is told; the close ends a receive that waits.
      if (!this.#closed) this.#failure = error;
      this.close();
    } finally {
      this.#writing = false;
    }
  }

  /** The frames at the head of the queue as one run of bytes. */
  #gather(): Uint8Array<ArrayBuffer> {
    let count = 0;
    let length = 0;
    for (const next of this.#queue) {
      if (count > 0 && length + next.length > GATHER) break;
      count++;
      length += next.length;
    }
    const frames = this.#queue.splice(0, count);
    if (frames.length === 1 && frames[0] !== undefined) return frames[0];
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const next of frames) {
      bytes.set(next, at);
      at += next.length;
    }
    return bytes;
  }
}

function broken(cause: unknown): SessionClosedError {
  return new SessionClosedError(`Cannot go on: the connection broke: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
