/**
 * A task of a session: a SCSI command or a task management function from its arrival to its response. The objects are
 * made once and used again; {@link TaskTable} lends them.
 *
 * Data path: no allocation per task but the views that `window` and `data` are.
 *
 * @module
 */

import type { AbortWaiter, ScsiTask, TaskNotes } from "../scsi/task.ts";
import type { Burst } from "./burst.ts";
import type { Connection } from "./connection.ts";
import { RESERVED_TAG } from "./constants.ts";
import { openDataIn, sendDataIn } from "./data_in.ts";
import { Frame } from "./transmit.ts";

/** Where a task stands. */
export const phase = {
  /** In nobody's hands: the object waits for its next use. */
  free: 0,
  /** Waits to be begun. */
  ready: 1,
  /** In the hands of the device server. */
  running: 2,
  /** Waits for data from the initiator. */
  gathering: 3,
  /** A piece of data has come and waits to be taken. */
  arrived: 4,
  /** Its outcome is known; data that was asked for is still to come and is thrown away (RFC 7143 §11.4). */
  draining: 5,
  /** Was aborted and waits to be let go of. */
  dropped: 6,
  /** A task management function that waits for the commands before it. */
  waiting: 7,
} as const;

/** A task; the fields are those of the command PDU (RFC 7143 §11.3, §11.5). */
export class IscsiTask implements ScsiTask {
  /** Place in the session's table; never changes. */
  readonly slot: number;
  /** Counts the uses of this object, so that a late Data-Out finds that its task is gone. */
  generation = 0;
  phase: number = phase.free;
  /** Where it came from and where its data and status go: connection allegiance (RFC 7143 §4.2.2). */
  connection: Connection;
  initiatorTaskTag: number = RESERVED_TAG;
  cmdSn = 0;
  immediate = false;
  /** The function of a task management request (RFC 7143 §11.5.1); 0 for commands. */
  managementFunction = 0;
  referencedTaskTag: number = RESERVED_TAG;
  refCmdSn = 0;
  /** Of TASK REASSIGN: the first DataSN that the initiator does not have (RFC 7143 §11.5.6). */
  expDataSn = 0;
  /** The response of a task management function (RFC 7143 §11.6.1). */
  managementResponse = 0;
  /** What goes with that response: 24 bits (RFC 7144 §6.4.2). */
  managementInformation = 0;
  /** The eight bytes of the LUN field, as they came. */
  readonly lunField: Uint8Array = new Uint8Array(8);

  cdb: Uint8Array = new Uint8Array(16);
  cdbLength = 16;
  lun = 0;
  attribute = 0;
  expectedDataIn = 0;
  expectedDataOut = 0;
  transferLength = 0;
  status = 0;
  sense: Uint8Array | undefined = undefined;
  aborted = false;
  scsi: TaskNotes | undefined = undefined;

  /** The Data-In PDU that is being filled. */
  readonly frame: Frame = new Frame();
  /** Bytes of data in the open frame. */
  frameData = 0;
  /** Bytes of Data-In that have been sent. */
  moved = 0;
  /** Bytes of Data-In since the last F bit (RFC 7143 §11.7.1). */
  sequence = 0;
  dataSn = 0;
  /** The SNACK Tag that the status has to show; 0 for none (RFC 7143 §11.16.3). */
  snackTag = 0;
  /** The connection in whose buffers the open frame lies, when the task has been reassigned since it was opened. */
  stranded: Connection | undefined = undefined;

  /** What was asked for or came unasked, in the order of its offsets. */
  readonly bursts: Burst[] = [];
  /** Bytes of Data-Out that the command takes: `min(transferLength, expectedDataOut)`. */
  wanted = 0;
  /** Where the next burst starts. */
  asked = 0;
  /** All data is gathered before the command takes it. */
  whole = false;
  /** Data-Out that was not asked for may still come (RFC 7143 §11.3.1, F bit). */
  unsolicited = false;
  /** Bytes that came with the command or unasked. */
  firstBurst = 0;
  r2tSn = 0;
  /** R2Ts whose data has not all come. */
  openR2ts = 0;
  data: Uint8Array = EMPTY;
  dataOffset = 0;
  dataLast = false;
  /** Times that Data-Out was asked for again. */
  recoveries = 0;

  readonly #waiters: AbortWaiter[] = [];

  constructor(slot: number, connection: Connection) {
    this.slot = slot;
    this.connection = connection;
  }

  /** The I_T nexus of the session. */
  get nexus(): ScsiTask["nexus"] {
    return this.connection.session.nexus;
  }

  window(left: number): Uint8Array | undefined {
    return openDataIn(this, left);
  }

  room(): Promise<void> {
    return this.connection.room();
  }

  respond(bytes: Uint8Array): void {
    this.transferLength = bytes.length;
    let sent = 0;
    const total = Math.min(bytes.length, this.expectedDataIn);
    while (sent < total) {
      const window = openDataIn(this, total - sent, true) as Uint8Array;
      window.set(bytes.subarray(sent, sent + window.length));
      sent += window.length;
    }
  }

  abort(waiter: AbortWaiter): void {
    if (this.phase === phase.free) return;
    waiter.pending++;
    this.#waiters.push(waiter);
    if (this.aborted) return;
    this.aborted = true;
    if (this.phase !== phase.running) return this.connection.session.drop(this);
    this.connection.interrupt();
    this.scsi?.wake?.();
  }

  /** Sends what the open frame holds and opens no other. */
  flushWindow(): void {
    if (this.frame.open) sendDataIn(this, false);
  }

  /** Gives back the open frame unsent, if there is one. */
  cancelFrame(): void {
    (this.stranded ?? this.connection).cancel(this.frame);
    this.stranded = undefined;
  }

  /** Makes the object ready for another use, and tells those who aborted it. */
  reset(): void {
    this.phase = phase.free;
    this.initiatorTaskTag = RESERVED_TAG;
    this.managementFunction = 0;
    this.managementResponse = 0;
    this.managementInformation = 0;
    this.snackTag = 0;
    this.recoveries = 0;
    this.cdbLength = 16;
    this.transferLength = 0;
    this.status = 0;
    this.sense = undefined;
    this.frameData = 0;
    this.moved = 0;
    this.sequence = 0;
    this.dataSn = 0;
    this.wanted = 0;
    this.asked = 0;
    this.firstBurst = 0;
    this.r2tSn = 0;
    this.openR2ts = 0;
    this.dataOffset = 0;
    this.whole = false;
    this.unsolicited = false;
    this.dataLast = false;
    this.data = EMPTY;
    this.aborted = false;
    for (let waiter = this.#waiters.pop(); waiter !== undefined; waiter = this.#waiters.pop()) {
      waiter.pending--;
      waiter.settled();
    }
  }
}

const EMPTY = new Uint8Array(0);
