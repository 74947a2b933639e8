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
import type { Recovery } from "./recovery.ts";
import { type Frame, Transmit } from "./transmit.ts";

/** Puts PDUs into a {@link Transmit}. */
export class Sender {
  /** HeaderDigest was negotiated: counts from the next PDU on. */
  headerDigest = false;
  /** DataDigest was negotiated: counts from the next PDU on. */
  dataDigest = false;
  /** Keeps what is sent until it is acknowledged: from ErrorRecoveryLevel 1 on. */
  recovery: Recovery | undefined = undefined;
  /** Where the bytes wait. */
  readonly transmit: Transmit;

  constructor(pool: BufferPool) {
    this.transmit = new Transmit(pool);
  }

  /** No data can be sent until something has left. */
  get full(): boolean {
    return this.transmit.full || this.recovery?.detached === true && this.recovery.full;
  }

  /**
   * Opens a PDU with room for `dataLength` bytes of data; its header is zeros.
   *
   * @returns false when the send buffers are full; never for an urgent one.
   */
  open(frame: Frame, dataLength: number, urgent: boolean): boolean {
    const padded = dataLength + 3 & ~3;
    const digests = (this.headerDigest ? 4 : 0) + (this.dataDigest && dataLength > 0 ? 4 : 0);
    if (this.recovery !== undefined && !urgent && this.full) return false;
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
    if (this.recovery !== undefined) {
      this.recovery.keep(frame.bytes, frame.start, this.dataStart(frame), dataLength);
      if (this.recovery.detached) return this.transmit.cancel(frame);
    }
    this.closeCopy(frame, dataLength);
  }

  /** Queues an open PDU that was sent before. */
  closeCopy(frame: Frame, dataLength: number): void {
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
