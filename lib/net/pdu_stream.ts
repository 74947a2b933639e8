/**
 * PDUs of a socket as a stream. One is made when one is asked for, so the reader sets the pace, and each is lent until the
 * next is asked for.
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

/** The PDUs that come from a socket. `beforeWaiting` is called when all that came has been taken. */
export function pduStream(socket: Readable, deframer: Deframer, beforeWaiting: () => void): ReadableStream<Pdu> {
  async function receive(controller: ReadableStreamDefaultController<Pdu>): Promise<void> {
    for (;;) {
      beforeWaiting();
      const length = await socket.read(deframer.want());
      if (length === null) return controller.close();
      deframer.fill(length);
      const pdu = deframer.next();
      if (pdu !== undefined) return controller.enqueue(pdu);
    }
  }
  return new ReadableStream<Pdu>({
    pull(controller) {
      const pdu = deframer.next();
      if (pdu === undefined) return receive(controller);
      controller.enqueue(pdu);
    },
  }, { highWaterMark: 0 });
}
