/**
 * Text that does not fit one PDU, both ways: what the initiator continues (C bit) is gathered, what we have to say is cut
 * (RFC 7143 §11.10.2, §11.11.2, §11.12.2).
 *
 * @module
 */

import { NegotiationError } from "./negotiation.ts";

/** Bytes of text that an initiator may send for one negotiation step. */
export const MAX_TEXT = 65536;

/** Text as it arrives, over several PDUs. */
export class TextAssembly {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /**
   * Takes a copy of the data segment of one PDU.
   *
   * @throws {NegotiationError} when more than {@link MAX_TEXT} bytes have come.
   */
  add(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > MAX_TEXT) {
      throw new NegotiationError(`Cannot gather the text: it is longer than ${MAX_TEXT} bytes`);
    }
    if (piece.length > 0) this.#pieces.push(piece.slice());
  }

  /** The whole text; begins anew. */
  take(): Uint8Array {
    const text = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      text.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}

/** A piece of an answer. */
export interface TextPiece {
  readonly text: Uint8Array;
  /** More follows. */
  readonly continued: boolean;
}

/** An answer as it leaves, cut to what the initiator can receive. */
export class TextPieces {
  #rest: Uint8Array = new Uint8Array(0);

  /** A piece has been sent and another has to follow. */
  get pending(): boolean {
    return this.#rest.length > 0;
  }

  /** Starts an answer. */
  begin(text: Uint8Array): void {
    this.#rest = text;
  }

  /** The next `limit` bytes at most. */
  next(limit: number): TextPiece {
    const text = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(text.length);
    return { text, continued: this.pending };
  }
}
