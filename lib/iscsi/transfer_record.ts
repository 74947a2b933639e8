/**
 * What has been sent for one command and is not yet acknowledged: its Data-In or R2Ts, and its status (RFC 7143 §4.2.2.3,
 * §11.16).
 *
 * Tested in tests/iscsi/recovery_test.ts.
 *
 * @module
 */

import { serialDifference } from "./command_window.ts";
import type { KeptPdu } from "./kept_pdus.ts";

/** What has been sent for a command. */
export class TransferRecord {
  readonly initiatorTaskTag: number;
  /** Data-In by DataSN, from {@link TransferRecord.acknowledged} on; nothing is there for one that had to be forgotten. */
  readonly dataIn: (KeptPdu | undefined)[] = [];
  /** The first DataSN that the initiator has not acknowledged (RFC 7143 §11.5.6). */
  acknowledged = 0;
  /** R2Ts by R2TSN, from {@link TransferRecord.firstR2t} on. */
  readonly r2ts: KeptPdu[] = [];
  /** R2TSN of the oldest R2T that is kept. */
  firstR2t = 0;
  /** The PDU that carries the status, once it has been sent. */
  status: KeptPdu | undefined;
  /** StatSN of the status. */
  statSn = 0;
  /** What a DataACK SNACK shall bring back; `undefined` until asked for one (RFC 7143 §11.7.2). */
  acknowledgeTag: number | undefined;

  constructor(initiatorTaskTag: number) {
    this.initiatorTaskTag = initiatorTaskTag;
  }

  /** The DataSN of the next Data-In. */
  get nextDataSn(): number {
    return this.acknowledged + this.dataIn.length;
  }

  /** The R2TSN of the next R2T. */
  get nextR2tSn(): number {
    return this.firstR2t + this.r2ts.length;
  }

  /** Bytes of data that are kept. */
  get kept(): number {
    return this.dataIn.reduce((kept, pdu) => kept + (pdu?.data.length ?? 0), 0);
  }
}

/** The numbers `first` to `end - 1`. */
export interface Run {
  readonly first: number;
  readonly end: number;
}

/**
 * The numbers that a SNACK asks for: `runLength` of them from `begRun` on, all that were sent when that is 0 (RFC 7143
 * §11.16.5, §11.16.6).
 *
 * @param oldest the oldest number that is not acknowledged
 * @param next the number behind the newest that was sent
 * @returns nothing when it asks for one that was acknowledged or never sent
 */
export function runOf(begRun: number, runLength: number, oldest: number, next: number): Run | undefined {
  if (begRun === 0 && runLength === 0) return { first: oldest, end: next };
  const end = runLength === 0 ? next : begRun + runLength >>> 0;
  if (runLength >= 0x80000000 || serialDifference(begRun, oldest) < 0 || serialDifference(begRun, next) >= 0) {
    return undefined;
  }
  return serialDifference(end, next) > 0 ? undefined : { first: begRun, end };
}
