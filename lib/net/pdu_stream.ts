/**
 * PDUs of a socket as a stream of arrivals: all that came with one read is one of them, since a promise for each PDU would
 * cost a tenth of a small command. A read is done when an arrival is asked for, so the reader sets the pace.
 *
 * Data path: bytes go from the socket to where the deframer wants them, without a copy in between.
 *
 * @module
 */

import type { Deframer, Pdu } from "../iscsi/deframer.ts";

/** Where bytes come from; {@link Deno.Conn} is one. */
export interface Readable {
  /** Fills the start of `into`; returns how many bytes came, or null at the end. */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
}

/** What has come with one read, and what it made whole. */
export interface Arrival {
  /** The next whole PDU, lent until the next one is asked for; `undefined` when bytes are missing. */
  next(): Pdu | undefined;
}

/** What comes from a socket. The next read waits until the next arrival is asked for: take all PDUs of one before that. */
export function pduStream(socket: Readable, deframer: Deframer): ReadableStream<Arrival> {
  let controller: ReadableStreamDefaultController<Arrival>;
  // Made once: each read has a promise already, and needs no second one.
  const arrived = (length: number | null): void => {
    if (length === null) return controller.close();
    deframer.fill(length);
    controller.enqueue(deframer);
  };
  return new ReadableStream<Arrival>({
    start: (its) => void (controller = its),
    pull: () => socket.read(deframer.want()).then(arrived),
  }, { highWaterMark: 0 });
}
