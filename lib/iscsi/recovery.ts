/**
 * What a connection has sent and the initiator has not yet acknowledged, as bytes, so that it can be sent again: kept from
 * ErrorRecoveryLevel 1 on (RFC 7143 §7.1.4.2, §11.16). Bounded: beyond its limit the oldest data is forgotten, and whoever
 * asks for it is told so.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import { serialDifference } from "./command_window.ts";
import { BHS_LENGTH, opcode, RESERVED_TAG } from "./constants.ts";
import { bhs } from "./pdu/bhs.ts";
import { dataIn } from "./pdu/data_in.ts";
import { r2t } from "./pdu/r2t.ts";
import { type KeptPdu, TransferRecord } from "./transfer_record.ts";

/** Bytes of data that a connection keeps. */
const KEPT = 16 * 1024 * 1024;

/** Bytes of data that it keeps when half of what the pool may lend is out: many connections share that. */
const KEPT_WHEN_SHORT = 1024 * 1024;

/** Data segments up to this length are copied to memory of their own, longer ones to buffers of the pool. */
const SMALL = 4096;

/** R2Ts of one command that are kept; one at a time is open. */
const R2TS = 16;

/** A numbered response that waits for its acknowledgement. */
interface KeptStatus {
  pdu: KeptPdu;
  /** The command that it ends. */
  readonly transfer: TransferRecord | undefined;
}

/** The record of one connection. */
export class Recovery {
  /** Data is only kept, and none is forgotten: the connection is gone and its commands may be reassigned. */
  detached = false;
  readonly #pool: BufferPool;
  readonly #limit: number;
  readonly #statuses = new Map<number, KeptStatus>();
  readonly #transfers = new Map<number, TransferRecord>();
  #acknowledged: number;
  #next: number;
  #kept = 0;

  /** `statSn` is the first that will be kept; `limit` bounds the bytes of data. */
  constructor(pool: BufferPool, statSn: number, limit = KEPT) {
    this.#pool = pool;
    this.#acknowledged = this.#next = statSn;
    this.#limit = limit;
  }

  /** The oldest StatSN that is not acknowledged (RFC 7143 §4.2.2.2). */
  get acknowledgedStatSn(): number {
    return this.#acknowledged;
  }

  /** The StatSN behind the newest that was sent. */
  get nextStatSn(): number {
    return this.#next;
  }

  /** As much data is kept as may be. */
  get full(): boolean {
    return this.#kept >= this.#allowed;
  }

  /** Bytes of data that are kept. */
  get kept(): number {
    return this.#kept;
  }

  /** Commands of which something is kept. */
  get size(): number {
    return this.#transfers.size;
  }

  /** What has been sent for a command, by its task tag. */
  transfer(initiatorTaskTag: number): TransferRecord | undefined {
    return this.#transfers.get(initiatorTaskTag);
  }

  /** The command whose Data-In asked for an acknowledgement with a tag. */
  transferToAcknowledge(tag: number): TransferRecord | undefined {
    for (const transfer of this.#transfers.values()) if (transfer.acknowledgeTag === tag) return transfer;
    return undefined;
  }

  /** The numbered response with a StatSN. */
  status(statSn: number): KeptPdu | undefined {
    return this.#statuses.get(statSn)?.pdu;
  }

  /** Keeps a PDU that is sent: its header lies at `start`, its data segment of `length` bytes at `dataStart`. */
  keep(bytes: Uint8Array, start: number, dataStart: number, length: number): void {
    const code = bhs.opcode.get(bytes, start);
    // A ping of ours uses up no number.
    if (code === opcode.nopIn && bhs.initiatorTaskTag.get(bytes, start) === RESERVED_TAG) return;
    const pdu = this.#copy(bytes, start, dataStart, length);
    if (code === opcode.scsiDataIn) this.#keepDataIn(pdu);
    else if (code === opcode.r2t) this.#keepR2t(pdu);
    else this.#keepStatus(pdu, code === opcode.scsiResponse ? this.#transferOf(pdu, false) : undefined);
    if (this.#kept > this.#allowed && !this.detached) this.#forgetOldest(this.#allowed);
  }

  /** The initiator has everything before a StatSN (RFC 7143 §4.2.2.2); numbers that were never sent are not believed. */
  acknowledge(expStatSn: number): void {
    if (serialDifference(expStatSn, this.#next) > 0) return;
    while (serialDifference(expStatSn, this.#acknowledged) > 0) {
      const status = this.#statuses.get(this.#acknowledged);
      this.#statuses.delete(this.#acknowledged);
      this.#acknowledged = this.#acknowledged + 1 >>> 0;
      if (status === undefined) continue;
      this.#give(status.pdu);
      if (status.transfer !== undefined) this.#end(status.transfer);
    }
  }

  /** The initiator has the Data-In of a command before a DataSN (RFC 7143 §11.16.1, DataACK). */
  acknowledgeData(transfer: TransferRecord, dataSn: number): void {
    while (transfer.acknowledged < dataSn && transfer.dataIn.length > 0) {
      this.#give(transfer.dataIn.shift());
      transfer.acknowledged++;
    }
  }

  /** A command has ended without a status: nothing of it will be asked for. */
  forget(initiatorTaskTag: number): void {
    const transfer = this.#transfers.get(initiatorTaskTag);
    if (transfer !== undefined && transfer.status === undefined) this.#end(transfer);
  }

  /** Takes a command out of the record, with everything that is kept of it, for the record of another connection. */
  release(transfer: TransferRecord): void {
    this.#transfers.delete(transfer.initiatorTaskTag);
    this.#kept -= transfer.kept;
    const { status } = transfer;
    if (status === undefined || !this.#statuses.delete(transfer.statSn)) return;
    if (!transfer.dataIn.includes(status)) this.#kept -= status.data.length;
  }

  /** Takes over a command that another record has released. */
  adopt(transfer: TransferRecord): void {
    const known = this.#transfers.get(transfer.initiatorTaskTag);
    if (known !== undefined) this.#end(known);
    this.#transfers.set(transfer.initiatorTaskTag, transfer);
    this.#kept += transfer.kept;
  }

  /** The status of an adopted command, with the number that it is sent with here. */
  adoptStatus(transfer: TransferRecord, statSn: number): void {
    const { status } = transfer;
    if (status === undefined) return;
    dataIn.statSn.set(status.header, statSn);
    transfer.statSn = statSn;
    this.#statuses.set(statSn, { pdu: status, transfer });
    this.#next = statSn + 1 >>> 0;
    if (!transfer.dataIn.includes(status)) this.#kept += status.data.length;
  }

  /** Another PDU carries the status of a command from now on, with the same StatSN (RFC 7143 §11.16.3). */
  replaceStatus(transfer: TransferRecord, header: Uint8Array, data: Uint8Array): void {
    const old = transfer.status;
    if (old === undefined) return;
    const pdu: KeptPdu = { header, data, buffer: undefined, keepers: 1 };
    const kept = this.#statuses.get(transfer.statSn);
    if (kept?.transfer !== transfer) return;
    kept.pdu = transfer.status = pdu;
    this.#kept += data.length;
    this.#give(old);
  }

  /**
   * Cuts the Data-In of a command from a DataSN on into segments of at most `longest` bytes; what is before counts as
   * acknowledged.
   *
   * @returns false when some of it has been forgotten; then nothing has changed
   */
  recut(transfer: TransferRecord, dataSn: number, longest: number): boolean {
    if (transfer.dataIn.slice(dataSn - transfer.acknowledged).includes(undefined)) return false;
    this.acknowledgeData(transfer, dataSn);
    let number = transfer.acknowledged;
    for (const pdu of transfer.dataIn.splice(0)) {
      for (const piece of pdu === undefined ? [] : this.#cut(pdu, longest)) {
        dataIn.dataSn.set(piece.header, number++);
        transfer.dataIn.push(piece);
        if (piece !== pdu && dataIn.hasStatus.get(piece.header)) this.#moveStatus(transfer, piece);
      }
    }
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    for (const { pdu } of this.#statuses.values()) this.#give(pdu);
    this.#statuses.clear();
    for (const transfer of [...this.#transfers.values()]) this.#end(transfer);
    this.#acknowledged = this.#next;
  }

  get #allowed(): number {
    return this.#pool.lent > this.#pool.limit / 2 ? Math.min(this.#limit, KEPT_WHEN_SHORT) : this.#limit;
  }

  #keepDataIn(pdu: KeptPdu): void {
    const { header } = pdu;
    const transfer = this.#transferOf(pdu, dataIn.dataSn.get(header) === 0);
    transfer.dataIn.push(pdu);
    if (dataIn.acknowledge.get(header)) transfer.acknowledgeTag = dataIn.targetTransferTag.get(header);
    if (!dataIn.hasStatus.get(header)) return;
    pdu.keepers++;
    this.#keepStatus(pdu, transfer);
  }

  #keepR2t(pdu: KeptPdu): void {
    const r2tSn = r2t.r2tSn.get(pdu.header);
    const transfer = this.#transferOf(pdu, r2tSn === 0);
    if (transfer.r2ts.length === 0) transfer.firstR2t = r2tSn;
    transfer.r2ts.push(pdu);
    if (transfer.r2ts.length <= R2TS) return;
    transfer.r2ts.shift();
    transfer.firstR2t++;
  }

  #keepStatus(pdu: KeptPdu, transfer: TransferRecord | undefined): void {
    const statSn = dataIn.statSn.get(pdu.header);
    this.#statuses.set(statSn, { pdu, transfer });
    this.#next = statSn + 1 >>> 0;
    if (transfer === undefined) return;
    transfer.status = pdu;
    transfer.statSn = statSn;
  }

  /** A tag that is used again is of another command: the initiator knows how the one before has ended. */
  #transferOf({ header }: KeptPdu, first: boolean): TransferRecord {
    const tag = bhs.initiatorTaskTag.get(header);
    const known = this.#transfers.get(tag);
    const same = known !== undefined && known.status === undefined &&
      !(first && known.nextDataSn + known.nextR2tSn > 0);
    if (same) return known;
    if (known !== undefined) this.#end(known);
    const transfer = new TransferRecord(tag);
    this.#transfers.set(tag, transfer);
    return transfer;
  }

  #end(transfer: TransferRecord): void {
    if (this.#transfers.get(transfer.initiatorTaskTag) === transfer) this.#transfers.delete(transfer.initiatorTaskTag);
    for (const pdu of transfer.dataIn.splice(0)) this.#give(pdu);
  }

  #cut(pdu: KeptPdu, longest: number): KeptPdu[] {
    const { header, data } = pdu;
    if (data.length <= longest) return [pdu];
    const pieces: KeptPdu[] = [];
    for (let at = 0; at < data.length; at += longest) {
      const piece = { header: header.slice(), data: data.slice(at, at + longest), buffer: undefined, keepers: 1 };
      this.#kept += piece.data.length;
      dataIn.bufferOffset.set(piece.header, dataIn.bufferOffset.get(header) + at);
      if (at + longest < data.length) withoutEnd(piece.header);
      pieces.push(piece);
    }
    this.#give(pdu);
    return pieces;
  }

  #moveStatus(transfer: TransferRecord, pdu: KeptPdu): void {
    const old = transfer.status;
    if (old === undefined) return;
    pdu.keepers++;
    transfer.status = pdu;
    const kept = this.#statuses.get(transfer.statSn);
    if (kept?.transfer === transfer) kept.pdu = pdu;
    this.#give(old);
  }

  #copy(bytes: Uint8Array, start: number, dataStart: number, length: number): KeptPdu {
    const header = bytes.slice(start, start + BHS_LENGTH);
    const buffer = length <= SMALL ? undefined : this.#pool.takeAnyway(length);
    this.#kept += length;
    if (buffer === undefined) return { header, data: bytes.slice(dataStart, dataStart + length), buffer, keepers: 1 };
    buffer.set(bytes.subarray(dataStart, dataStart + length));
    return { header, data: buffer.subarray(0, length), buffer, keepers: 1 };
  }

  #give(pdu: KeptPdu | undefined): void {
    if (pdu === undefined || --pdu.keepers > 0) return;
    this.#kept -= pdu.data.length;
    if (pdu.buffer !== undefined) this.#pool.give(pdu.buffer);
  }

  /** Makes room: data goes first, statuses stay. */
  #forgetOldest(limit: number): void {
    for (const transfer of this.#transfers.values()) {
      for (let i = 0; i < transfer.dataIn.length; i++) {
        const pdu = transfer.dataIn[i];
        if (pdu === undefined || pdu === transfer.status) continue;
        transfer.dataIn[i] = undefined;
        this.#give(pdu);
        if (this.#kept <= limit) return;
      }
    }
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
