/**
 * Builds PDUs in the send buffer: header, data, padding and the digests that were negotiated (RFC 7143 §11.2).
 *
 * Data path: no allocation per PDU.
 *
 * @module
 */

import { crc32c } from "../bytes/crc32c.ts";
import type { BufferPool } from "../bytes/pool.ts";
import { writeU24, writeU32 } from "../bytes/layout.ts";
import { BHS_LENGTH } from "./constants.ts";
import { type Frame, Transmit } from "./transmit.ts";

/** Puts PDUs into a {@link Transmit}. */
export class Sender {
  /** HeaderDigest was negotiated: counts from the next PDU on. */
  headerDigest = false;
  /** DataDigest was negotiated: counts from the next PDU on. */
  dataDigest = false;
  /** Where the bytes wait. */
  readonly transmit: Transmit;

  constructor(pool: BufferPool) {
    this.transmit = new Transmit(pool);
  }

  /**
   * Opens a PDU with room for `dataLength` bytes of data; its header is zeros.
   *
   * @returns false when the send buffers are full; never for an urgent one.
   */
  open(frame: Frame, dataLength: number, urgent: boolean): boolean {
    const padded = dataLength + 3 & ~3;
    const digests = (this.headerDigest ? 4 : 0) + (this.dataDigest && dataLength > 0 ? 4 : 0);
    if (!this.transmit.reserve(frame, BHS_LENGTH + padded + digests, urgent)) return false;
    frame.bytes.fill(0, frame.start, frame.start + BHS_LENGTH);
    return true;
  }

  /** Where the data of an open PDU goes. */
  dataStart(frame: Frame): number {
    return frame.start + BHS_LENGTH + (this.headerDigest ? 4 : 0);
  }

  /** Queues an open PDU with the first `dataLength` bytes of the data it has room for. */
  close(frame: Frame, dataLength: number): void {
    const { bytes, start } = frame;
    writeU24(bytes, start + 5, dataLength);
    let end = start + BHS_LENGTH;
    if (this.headerDigest) {
      writeU32(bytes, end, crc32c(bytes, start, end));
      end += 4;
    }
    if (dataLength > 0) {
      const data = end;
      end += dataLength;
      while ((end - data & 3) !== 0) bytes[end++] = 0;
      if (this.dataDigest) {
        writeU32(bytes, end, crc32c(bytes, data, end));
        end += 4;
      }
    }
    this.transmit.commit(frame, end - start);
  }
}
