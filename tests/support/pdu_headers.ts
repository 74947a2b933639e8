/**
 * Finds the headers of PDUs in a stream of bytes that carries no digests.
 *
 * @module
 */

import { BHS_LENGTH } from "../../lib/iscsi/constants.ts";
import { ahsLengthOf, dataLengthOf, paddingOf } from "../../lib/iscsi/pdu/bhs.ts";

/** Takes a stream in pieces of any length. */
export class PduHeaders {
  readonly #header = new Uint8Array(BHS_LENGTH);
  readonly #found: (header: Uint8Array) => void;
  #filled = 0;
  #skip = 0;

  /** @param found called with each basic header segment, which is lent */
  constructor(found: (header: Uint8Array) => void) {
    this.#found = found;
  }

  /** Takes what comes next. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      at += skipped;
      const piece = bytes.subarray(at, at + BHS_LENGTH - this.#filled);
      this.#header.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < BHS_LENGTH) continue;
      this.#filled = 0;
      const data = dataLengthOf(this.#header);
      this.#skip = ahsLengthOf(this.#header) + data + paddingOf(data);
      this.#found(this.#header);
    }
  }
}
