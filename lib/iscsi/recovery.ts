/**
 * What a connection has sent and the initiator has not yet acknowledged, as bytes, so that it can be sent again: kept from
 * ErrorRecoveryLevel 1 on (RFC 7143 §7.1.4.2, §11.16). Bounded: beyond its limit the oldest data is forgotten, and whoever
 * asks for it is told so.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import { serialDifference } from "./command_window.ts";
import { opcode, RESERVED_TAG } from "./constants.ts";
import { type KeptPdu, KeptPdus } from "./kept_pdus.ts";
import { bhs } from "./pdu/bhs.ts";
import { dataIn } from "./pdu/data_in.ts";
import { r2t } from "./pdu/r2t.ts";
import { TransferRecord } from "./transfer_record.ts";

/** Responses that an initiator may leave without acknowledgement (RFC 7143 §4.2.2.2: a constant of ours). */
const UNACKNOWLEDGED = 16384;

/** Responses beside those of its commands that one may owe when it holds more memory than it should. */
const SPARE = 64;

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
  readonly #memory: KeptPdus;
  readonly #statuses = new Map<number, KeptStatus>();
  readonly #transfers = new Map<number, TransferRecord>();
  #acknowledged: number;
  #next: number;

  /** `statSn` is the first that will be kept; `limit` bounds the bytes of data. */
  constructor(pool: BufferPool, statSn: number, limit?: number) {
    this.#memory = new KeptPdus(pool, limit);
    this.#acknowledged = this.#next = statSn;
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
    return this.kept >= this.#memory.allowed;
  }

  /** Bytes of data that are kept. */
  get kept(): number {
    return this.#memory.bytes;
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
    const pdu = this.#memory.copy(bytes, start, dataStart, length);
    if (code === opcode.scsiDataIn) this.#keepDataIn(pdu);
    else if (code === opcode.r2t) this.#keepR2t(pdu);
    else this.#keepStatus(pdu, code === opcode.scsiResponse ? this.#transferOf(pdu, false) : undefined);
    if (this.kept > this.#memory.allowed && !this.detached) this.#forgetOldest(this.#memory.allowed);
  }

  /** The initiator has everything before a StatSN (RFC 7143 §4.2.2.2); numbers that were never sent are not believed. */
  acknowledge(expStatSn: number): void {
    if (serialDifference(expStatSn, this.#next) > 0) return;
    while (serialDifference(expStatSn, this.#acknowledged) > 0) {
      const status = this.#statuses.get(this.#acknowledged);
      this.#statuses.delete(this.#acknowledged);
      this.#acknowledged = this.#acknowledged + 1 >>> 0;
      if (status === undefined) continue;
      this.#memory.give(status.pdu);
      if (status.transfer !== undefined) this.#end(status.transfer);
    }
  }

  /**
   * The initiator has left more without acknowledgement than one that listens does: the connection has to be given up
   * (RFC 7143 §4.2.2.2).
   *
   * @param depth commands that it may have in flight
   */
  overdue(depth: number): boolean {
    const owed = serialDifference(this.#next, this.#acknowledged);
    return owed > UNACKNOWLEDGED || owed > 2 * depth + SPARE && this.kept > this.#memory.allowed;
  }

  /** The initiator has the Data-In of a command before a DataSN (RFC 7143 §11.16.1, DataACK). */
  acknowledgeData(transfer: TransferRecord, dataSn: number): void {
    while (transfer.acknowledged < dataSn && transfer.dataIn.length > 0) {
      this.#memory.give(transfer.dataIn.shift());
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
    this.#memory.bytes -= transfer.kept;
    const { status } = transfer;
    if (status === undefined || !this.#statuses.delete(transfer.statSn)) return;
    if (!transfer.dataIn.includes(status)) this.#memory.bytes -= status.data.length;
  }

  /** Takes over a command that another record has released. */
  adopt(transfer: TransferRecord): void {
    const known = this.#transfers.get(transfer.initiatorTaskTag);
    if (known !== undefined) this.#end(known);
    this.#transfers.set(transfer.initiatorTaskTag, transfer);
    this.#memory.bytes += transfer.kept;
  }

  /** The status of an adopted command, with the number that it is sent with here. */
  adoptStatus(transfer: TransferRecord, statSn: number): void {
    const { status } = transfer;
    if (status === undefined) return;
    dataIn.statSn.set(status.header, statSn);
    transfer.statSn = statSn;
    this.#statuses.set(statSn, { pdu: status, transfer });
    this.#next = statSn + 1 >>> 0;
    if (!transfer.dataIn.includes(status)) this.#memory.bytes += status.data.length;
  }

  /** Another PDU carries the status of a command from now on, with the same StatSN (RFC 7143 §11.16.3). */
  replaceStatus(transfer: TransferRecord, header: Uint8Array, data: Uint8Array): void {
    const old = transfer.status;
    if (old === undefined) return;
    const pdu: KeptPdu = { header, data, buffer: undefined, keepers: 1 };
    const kept = this.#statuses.get(transfer.statSn);
    if (kept?.transfer !== transfer) return;
    kept.pdu = transfer.status = pdu;
    this.#memory.bytes += data.length;
    this.#memory.give(old);
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
      for (const piece of pdu === undefined ? [] : this.#memory.cut(pdu, longest)) {
        dataIn.dataSn.set(piece.header, number++);
        transfer.dataIn.push(piece);
        if (piece !== pdu && dataIn.hasStatus.get(piece.header)) this.#moveStatus(transfer, piece);
      }
    }
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    for (const { pdu } of this.#statuses.values()) this.#memory.give(pdu);
    this.#statuses.clear();
    for (const transfer of [...this.#transfers.values()]) this.#end(transfer);
    this.#acknowledged = this.#next;
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
    for (const pdu of transfer.dataIn.splice(0)) this.#memory.give(pdu);
  }

  #moveStatus(transfer: TransferRecord, pdu: KeptPdu): void {
    const old = transfer.status;
    if (old === undefined) return;
    pdu.keepers++;
    transfer.status = pdu;
    const kept = this.#statuses.get(transfer.statSn);
    if (kept?.transfer === transfer) kept.pdu = pdu;
    this.#memory.give(old);
  }

  /** Makes room: data goes first, statuses stay. */
  #forgetOldest(limit: number): void {
    for (const transfer of this.#transfers.values()) {
      for (let i = 0; i < transfer.dataIn.length; i++) {
        const pdu = transfer.dataIn[i];
        if (pdu === undefined || pdu === transfer.status) continue;
        transfer.dataIn[i] = undefined;
        this.#memory.give(pdu);
        if (this.kept <= limit) return;
      }
    }
  }
}
