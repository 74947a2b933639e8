/**
 * Makes messages of bytes that arrive in any pieces, and of PDUs of which several are one message (RFC 4171 §5.1).
 *
 * @module
 */

import { ISNS_VERSION, isnsFlag } from "./constants.ts";
import { decodePayload, IsnsError, isnsHeader, type IsnsMessage } from "./message.ts";

/** Bytes of one message, at most: more than any answer to what we ask. */
export const MAX_MESSAGE = 1 << 20;

/** Gathers messages. */
export class IsnsAssembly {
  #bytes = new Uint8Array(0);
  #payload: Uint8Array[] = [];
  #gathered = 0;

  /** Takes a copy of bytes. */
  add(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    this.#bytes = joined;
  }

  /**
   * The next whole message; `undefined` until one is there.
   *
   * @throws {IsnsError} when the bytes are no iSNS, or too many
   */
  next(): IsnsMessage | undefined {
    while (this.#bytes.length >= isnsHeader.size) {
      const header = isnsHeader.decode(this.#bytes);
      if (header.version !== ISNS_VERSION) {
        throw new IsnsError(`Cannot read iSNS version ${header.version}: we speak 1`);
      }
      if (header.length % 4 !== 0) throw new IsnsError("Cannot read an iSNS PDU: its length is no multiple of four");
      const end = isnsHeader.size + header.length;
      if (this.#bytes.length < end) return undefined;
      this.#take(header.flags, this.#bytes.slice(isnsHeader.size, end));
      this.#bytes = this.#bytes.slice(end);
      if ((header.flags & isnsFlag.last) !== 0) return decodePayload(header, this.#whole());
    }
    return undefined;
  }

  #take(flags: number, payload: Uint8Array): void {
    if ((flags & isnsFlag.first) !== 0) this.#whole();
    this.#gathered += payload.length;
    if (this.#gathered > MAX_MESSAGE) {
      throw new IsnsError(`Cannot gather an iSNS message: it is above ${MAX_MESSAGE} bytes`);
    }
    this.#payload.push(payload);
  }

  #whole(): Uint8Array {
    const whole = new Uint8Array(this.#gathered);
    let at = 0;
    for (const piece of this.#payload) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#payload = [];
    this.#gathered = 0;
    return whole;
  }
}
