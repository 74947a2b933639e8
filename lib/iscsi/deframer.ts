/**
 * Cuts a byte stream into PDUs without touching a socket: whoever reads asks {@link Deframer.want} where the next bytes
 * go, says with {@link Deframer.fill} how many came, and takes whole PDUs with {@link Deframer.next}.
 *
 * Short PDUs are gathered in one receive buffer, many to a read. A long data segment is read straight to where it
 * belongs: `place` is asked for that as soon as its header is there.
 *
 * Data path: no allocation per PDU but the view that `want` returns.
 *
 * @module
 */

import { crc32c } from "../bytes/crc32c.ts";
import { readU24, readU32 } from "../bytes/layout.ts";
import type { BufferPool } from "../bytes/pool.ts";
import { BHS_LENGTH } from "./constants.ts";
import { ConnectionError } from "./errors.ts";

/** Segments up to this length are gathered in the receive buffer and copied; longer ones are read into place. */
const GATHERED = 16384;

/** Bytes of the receive buffer: more than the longest header, a gathered segment and both digests. */
const BUFFER = 65536;

/** Bytes of the receive buffer until more than this comes at a time: most connections idle, and many never do more. */
const SMALL_BUFFER = 8192;

/** Worth moving a partial PDU to the front of the buffer for. */
const ROOM = 4096;

/** A whole PDU. Always the same object: what it says is valid until the next call of `next`. */
export interface Pdu {
  /** Where the header lies: `bytes[base]` is byte 0 of the basic header segment. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly base: number;
  /** Bytes of additional header segments behind the basic one. */
  readonly ahsLength: number;
  /** DataSegmentLength, without padding. */
  readonly dataLength: number;
  /** The data segment: where `place` wanted it, or lent until the next call. Empty without one. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** The data digest did not fit the data. */
  readonly dataDigestError: boolean;
}

/** Says where a data segment goes. */
export interface Placement {
  /**
   * Asked once for every data segment, when its header is whole. Returns `length` bytes to receive it, or `undefined`
   * when any place will do.
   */
  place(bytes: Uint8Array<ArrayBuffer>, base: number, length: number): Uint8Array<ArrayBuffer> | undefined;
}

const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** The receive side of a connection. */
export class Deframer {
  /** HeaderDigest was negotiated (RFC 7143 §13.1); counts from the next PDU on. */
  headerDigest = false;
  /** DataDigest was negotiated (RFC 7143 §13.1); counts from the next PDU on. */
  dataDigest = false;
  /**
   * A PDU whose header digest does not fit is skipped, as long as the header behind it fits its own: from
   * ErrorRecoveryLevel 1 on (RFC 7143 §7.7).
   */
  skipsBadHeaders = false;
  /** The longest data segment that the peer may send, in bytes: 8192 until declared otherwise (RFC 7143 §13.12). */
  maxDataSegmentLength = 8192;

  readonly #placement: Placement;
  readonly #pool: BufferPool;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BUFFER);
  #start = 0;
  #end = 0;
  /** Bytes of the PDU that `next` returned last, to be dropped by the next call. */
  #consumed = 0;
  /** Where a long data segment goes while it arrives. */
  #direct: Uint8Array<ArrayBuffer> | undefined;
  #directFilled = 0;
  /** Bytes still to come of a PDU that is skipped. */
  #skipping = 0;
  /** The header at `#start` fits its digest. */
  #headerChecked = false;
  /** The PDU before was skipped: whether this is the start of one must be seen. */
  #suspicious = false;
  #scratch: Uint8Array<ArrayBuffer> | undefined;
  readonly #pdu = {
    bytes: this.#buffer,
    base: 0,
    ahsLength: 0,
    dataLength: 0,
    data: NOTHING,
    dataDigestError: false,
  };

  /** `placement` receives long data segments; `pool` lends room for those that nobody wants. */
  constructor(placement: Placement, pool: BufferPool) {
    this.#placement = placement;
    this.#pool = pool;
  }

  /** Where the next bytes go; never empty. Call `next` until it returns nothing before asking. */
  want(): Uint8Array<ArrayBuffer> {
    const direct = this.#direct;
    if (direct !== undefined && this.#directFilled < this.#pdu.dataLength) {
      return direct.subarray(this.#directFilled, this.#pdu.dataLength);
    }
    if (this.#buffer.length < BUFFER && this.#end > SMALL_BUFFER - ROOM) {
      this.#grow();
    } else if (this.#start === this.#end) {
      this.#start = this.#end = 0;
    } else if (this.#buffer.length - this.#end < ROOM || this.#buffer.length - this.#start < GATHERED + ROOM) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#end === 0 ? this.#buffer : this.#buffer.subarray(this.#end);
  }

  /** `length` bytes have arrived where `want` said. */
  fill(length: number): void {
    if (this.#direct !== undefined && this.#directFilled < this.#pdu.dataLength) this.#directFilled += length;
    else this.#end += length;
  }

  /**
   * The next whole PDU, or `undefined` when bytes are missing.
   *
   * @throws {ConnectionError} when the stream cannot be followed any further: a header digest that does not fit, or a
   * data segment longer than was declared.
   */
  next(): Pdu | undefined {
    if (this.#consumed > 0) {
      this.#start += this.#consumed;
      this.#consumed = 0;
      this.#headerChecked = false;
      this.#returnScratch();
    }
    if (this.#direct !== undefined) return this.#finishDirect();
    if (this.#skipping > 0) return this.#skipOn();
    const available = this.#end - this.#start;
    if (available < BHS_LENGTH) return undefined;
    const ahsLength = (this.#buffer[this.#start + 4] as number) * 4;
    const header = BHS_LENGTH + ahsLength + (this.headerDigest ? 4 : 0);
    if (available < header) return undefined;
    const dataLength = readU24(this.#buffer, this.#start + 5);
    // Before anything that the header says is believed, and before the data have come (RFC 7143 §7.7).
    if (this.headerDigest && !this.#headerChecked && !this.#checkHeader(header)) return this.#skip(header, dataLength);
    if (dataLength > this.maxDataSegmentLength) {
      throw new ConnectionError(
        `Cannot receive a data segment of ${dataLength} bytes: ${this.maxDataSegmentLength} were declared`,
      );
    }
    const pdu = this.#pdu;
    pdu.ahsLength = ahsLength;
    pdu.dataLength = dataLength;
    pdu.dataDigestError = false;
    if (dataLength === 0) {
      pdu.base = this.#start;
      pdu.data = NOTHING;
      this.#consumed = header;
      return pdu;
    }
    return dataLength <= GATHERED ? this.#gathered(header) : this.#beginDirect(header);
  }

  /**
   * Takes over a buffer of the pool that its owner lets go of while a data segment is still coming into it; it is given
   * back when the segment has come.
   *
   * @returns false when none is coming: the buffer stays its owner's.
   */
  adopt(buffer: Uint8Array<ArrayBuffer>): boolean {
    if (this.#direct === undefined || this.#direct.buffer !== buffer.buffer) return false;
    this.#scratch = buffer;
    return true;
  }

  /** Gives back what is on loan: the connection is gone. */
  close(): void {
    this.#direct = undefined;
    this.#returnScratch();
  }

  #gathered(header: number): Pdu | undefined {
    const pdu = this.#pdu;
    const padded = pdu.dataLength + 3 & ~3;
    const total = header + padded + (this.dataDigest ? 4 : 0);
    if (this.#end - this.#start < total) return undefined;
    const from = this.#start + header;
    const to = from + pdu.dataLength;
    if (this.dataDigest) {
      pdu.dataDigestError = crc32c(this.#buffer, from, from + padded) !== readDigest(this.#buffer, from + padded);
    }
    const place = this.#placement.place(this.#buffer, this.#start, pdu.dataLength);
    if (place === undefined) {
      pdu.data = this.#buffer.subarray(from, to);
    } else {
      place.set(this.#buffer.subarray(from, to));
      pdu.data = place;
    }
    pdu.base = this.#start;
    this.#consumed = total;
    return pdu;
  }

  #beginDirect(header: number): Pdu | undefined {
    const pdu = this.#pdu;
    let place = this.#placement.place(this.#buffer, this.#start, pdu.dataLength);
    if (place === undefined) place = this.#scratch = this.#pool.takeAnyway(pdu.dataLength);
    this.#direct = place;
    pdu.data = place;
    const from = this.#start + header;
    const take = Math.min(this.#end - from, pdu.dataLength);
    place.set(this.#buffer.subarray(from, from + take));
    this.#directFilled = take;
    // What came behind the segment moves up against the header, which stays until the PDU has been seen.
    this.#buffer.copyWithin(from, from + take, this.#end);
    this.#end -= take;
    return this.#finishDirect();
  }

  #finishDirect(): Pdu | undefined {
    const pdu = this.#pdu;
    if (this.#directFilled < pdu.dataLength) return undefined;
    const header = BHS_LENGTH + pdu.ahsLength + (this.headerDigest ? 4 : 0);
    const padding = -pdu.dataLength & 3;
    const total = header + padding + (this.dataDigest ? 4 : 0);
    if (this.#end - this.#start < total) return undefined;
    const data = this.#direct as Uint8Array<ArrayBuffer>;
    const behind = this.#start + header;
    if (this.dataDigest) {
      const sum = crc32c(this.#buffer, behind, behind + padding, crc32c(data, 0, pdu.dataLength));
      pdu.dataDigestError = sum !== readDigest(this.#buffer, behind + padding);
    }
    pdu.base = this.#start;
    if (data.length !== pdu.dataLength) pdu.data = data.subarray(0, pdu.dataLength);
    this.#direct = undefined;
    this.#consumed = total;
    return pdu;
  }

  #grow(): void {
    const buffer = new Uint8Array(BUFFER);
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = this.#pdu.bytes = buffer;
  }

  /** Returns false for a header that does not fit its digest and is to be skipped. */
  #checkHeader(header: number): boolean {
    const end = this.#start + header - 4;
    if (crc32c(this.#buffer, this.#start, end) === readDigest(this.#buffer, end)) {
      this.#suspicious = false;
      this.#headerChecked = true;
      return true;
    }
    if (this.skipsBadHeaders && !this.#suspicious) return false;
    throw new ConnectionError("Cannot follow the stream: header digest error");
  }

  /** Skips a PDU as if its lengths were right; the digest of the next header will tell. */
  #skip(header: number, dataLength: number): Pdu | undefined {
    if (dataLength > this.maxDataSegmentLength) {
      throw new ConnectionError("Cannot follow the stream: header digest error, and a length that cannot be");
    }
    this.#suspicious = true;
    this.#skipping = header + (dataLength === 0 ? 0 : (dataLength + 3 & ~3) + (this.dataDigest ? 4 : 0));
    return this.#skipOn();
  }

  #skipOn(): Pdu | undefined {
    const take = Math.min(this.#skipping, this.#end - this.#start);
    this.#start += take;
    this.#skipping -= take;
    return this.#skipping === 0 ? this.next() : undefined;
  }

  #returnScratch(): void {
    if (this.#scratch === undefined) return;
    this.#pool.give(this.#scratch);
    this.#scratch = undefined;
  }
}

/** A digest as it lies on the wire, comparable with `crc32c` (RFC 7143 §13.1). */
function readDigest(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at);
}
