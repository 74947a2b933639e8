/**
 * Copies of PDUs that were sent and may have to be sent again, and the memory that they take.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import { BHS_LENGTH, RESERVED_TAG } from "./constants.ts";
import { dataIn } from "./pdu/data_in.ts";

/** Bytes of data that a connection keeps. */
const KEPT = 16 * 1024 * 1024;

/** Bytes of data that it keeps when half of what the pool may lend is out: many connections share that. */
const KEPT_WHEN_SHORT = 1024 * 1024;

/** Data segments up to this length are copied to memory of their own, longer ones to buffers of the pool. */
const SMALL = 4096;

/** A PDU that may have to be sent again. */
export interface KeptPdu {
  /** 48 bytes, as they were sent. */
  readonly header: Uint8Array;
  /** The data segment without padding. */
  readonly data: Uint8Array;
  /** The buffer of the pool that `data` lies in, if it does. */
  readonly buffer: Uint8Array<ArrayBuffer> | undefined;
  /** Who keeps it: as data, as status, or as both. */
  keepers: number;
}

/** Makes copies and counts their bytes. */
export class KeptPdus {
  /** Bytes of data that are kept; who moves copies from one connection to another says so here. */
  bytes = 0;
  readonly #pool: BufferPool;
  readonly #limit: number;

  /** `limit` bounds the bytes of data. */
  constructor(pool: BufferPool, limit = KEPT) {
    this.#pool = pool;
    this.#limit = limit;
  }

  /** Bytes of data that may be kept at the moment. */
  get allowed(): number {
    return this.#pool.lent > this.#pool.limit / 2 ? Math.min(this.#limit, KEPT_WHEN_SHORT) : this.#limit;
  }

  /** Copies a PDU: its header lies at `start`, its data segment of `length` bytes at `dataStart`. */
  copy(bytes: Uint8Array, start: number, dataStart: number, length: number): KeptPdu {
    const header = bytes.slice(start, start + BHS_LENGTH);
    const buffer = length <= SMALL ? undefined : this.#pool.takeAnyway(length);
    this.bytes += length;
    if (buffer === undefined) return { header, data: bytes.slice(dataStart, dataStart + length), buffer, keepers: 1 };
    buffer.set(bytes.subarray(dataStart, dataStart + length));
    return { header, data: buffer.subarray(0, length), buffer, keepers: 1 };
  }

  /** Cuts a Data-In into copies with segments of at most `longest` bytes, the last of which has the end of it. */
  cut(pdu: KeptPdu, longest: number): KeptPdu[] {
    const { header, data } = pdu;
    if (data.length <= longest) return [pdu];
    const pieces: KeptPdu[] = [];
    for (let at = 0; at < data.length; at += longest) {
      const piece = { header: header.slice(), data: data.slice(at, at + longest), buffer: undefined, keepers: 1 };
      this.bytes += piece.data.length;
      dataIn.bufferOffset.set(piece.header, dataIn.bufferOffset.get(header) + at);
      if (at + longest < data.length) withoutEnd(piece.header);
      pieces.push(piece);
    }
    this.give(pdu);
    return pieces;
  }

  /** One of those who keep a copy needs it no more. */
  give(pdu: KeptPdu | undefined): void {
    if (pdu === undefined || --pdu.keepers > 0) return;
    this.bytes -= pdu.data.length;
    if (pdu.buffer !== undefined) this.#pool.give(pdu.buffer);
  }
}

/** Takes what only the last PDU of a sequence has out of a header: F, S with what belongs to it, and A. */
export function withoutEnd(header: Uint8Array): void {
  dataIn.final.set(header, false);
  withoutStatus(header);
  if (!dataIn.acknowledge.get(header)) return;
  dataIn.acknowledge.set(header, false);
  dataIn.targetTransferTag.set(header, RESERVED_TAG);
  header.fill(0, dataIn.lun.offset, dataIn.lun.offset + 8);
}

/** Takes the status out of the header of a Data-In. */
export function withoutStatus(header: Uint8Array): void {
  dataIn.hasStatus.set(header, false);
  dataIn.overflow.set(header, false);
  dataIn.underflow.set(header, false);
  dataIn.status.set(header, 0);
  dataIn.statSn.set(header, 0);
  dataIn.residualCount.set(header, 0);
}
