/**
 * The port between a transport and the SCSI layer: a command as the device server sees it (SAM-5 §5.1, Execute Command
 * procedure call). The transport implements it, the SCSI layer fills in the outcome.
 *
 * @module
 */

import type { Nexus } from "./nexus.ts";

/** Task attributes (SAM-5 §8.6), numbered as in RFC 7143 §11.3.1. */
export const taskAttribute = { untagged: 0, simple: 1, ordered: 2, headOfQueue: 3, aca: 4 } as const;

/** A command on its way through the device server. */
export interface ScsiTask {
  /** The CDB, at least 16 bytes of buffer; `cdbLength` of them count. */
  readonly cdb: Uint8Array;
  /** 16, or the whole length of an extended CDB (RFC 7143 §11.2.2.3), up to 260. */
  readonly cdbLength: number;
  /**
   * The logical unit number, 0 to 16383; C100h to C1FFh for well known logical units, -1 for an address that names none
   * (SAM-5 §4.7).
   */
  readonly lun: number;
  readonly nexus: Nexus;
  /** One of {@link taskAttribute}. */
  readonly attribute: number;
  /** Bytes that the initiator is ready to take; 0 for commands without data to it. */
  readonly expectedDataIn: number;
  /** Bytes that the initiator is ready to give; 0 for commands without data from it. */
  readonly expectedDataOut: number;

  /**
   * Bytes that the command moves by its CDB, set by the SCSI layer before data moves; 0 at first. The transport reports
   * the difference to what was expected as residual. A Data-In command moves `min(transferLength, expectedDataIn)`
   * bytes, a Data-Out command `min(transferLength, expectedDataOut)`.
   */
  transferLength: number;

  /**
   * Lends the next piece of the send buffer, at most `left` bytes, always at least one, never beyond `expectedDataIn`.
   * The piece before counts as sent. `undefined` when the transport's buffers are full: wait for `room()`.
   * What it holds at first is stale: fill all of it.
   */
  window(left: number): Uint8Array | undefined;
  /** Settles when `window` can lend again, or when the task was aborted. */
  room(): Promise<void>;
  /** Sends a short answer, cut to `transferLength` and `expectedDataIn`: sets `transferLength` to `bytes.length`. */
  respond(bytes: Uint8Array): void;

  /** For commands with data from the initiator: the piece that has arrived, lent until `run` is done. */
  readonly data: Uint8Array;
  /** Where `data` lies in the whole transfer. */
  readonly dataOffset: number;
  /** `data` is the last piece. */
  readonly dataLast: boolean;

  /** The SCSI status (SAM-5 §5.3.1); GOOD (0) at first. */
  status: number;
  /** Sense data without the length field; `undefined` for none. Lent until the task is completed. */
  sense: Uint8Array | undefined;

  /** Set when a task management function has ended this task: its outcome will not be sent, stop soon. */
  readonly aborted: boolean;
  /**
   * Ends the task from outside (SAM-5 §7). One that still runs adds itself to `waiter.pending` and calls
   * `waiter.settled` when it is gone; one that waits for data is gone at once.
   */
  abort(waiter: AbortWaiter): void;

  /** The SCSI layer's own notes; made once and kept when the transport uses the object for another task. */
  scsi: TaskNotes | undefined;
}

/** Whoever aborts tasks and has to know when the last of them is gone. */
export interface AbortWaiter {
  /** Tasks that still run. */
  pending: number;
  /** Called by each task that has ended, after `pending` was counted down. */
  settled(): void;
}

/** What the SCSI layer remembers of a task between `begin`, `proceed` and `finish`. */
export interface TaskNotes {
  /** Place in the logical unit's task set, -1 when in none. */
  index: number;
  /** When the task came into the task set, compared with others: counts modulo 2^30. */
  age: number;
  /** It has not begun to act: it waits for the first data from its initiator. */
  expectant: boolean;
  /** Ends the wait for other tasks; the transport calls it when it aborts a running task. */
  wake: (() => void) | undefined;
}
