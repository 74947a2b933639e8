/**
 * A session (RFC 7143 §4.3, §6): what the connections of one initiator port to one target share. It holds the command
 * window, the tasks, and the queue of tasks that are ready for the device server.
 *
 * Data path: taking and completing tasks allocates nothing in steady state.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import { Ring } from "../bytes/ring.ts";
import type { Nexus } from "../scsi/nexus.ts";
import { BurstPool } from "./burst.ts";
import { CommandWindow, serialDifference } from "./command_window.ts";
import type { Connection } from "./connection.ts";
import { opcode } from "./constants.ts";
import { discardBursts, proceedGathering } from "./data_out.ts";
import type { SessionParameters } from "./parameters.ts";
import type { HeldRequest } from "./held_request.ts";
import { bhs } from "./pdu/bhs.ts";
import { needsFence, ResponseFence } from "./response_fence.ts";
import { sendOutcome } from "./responses.ts";
import { retains, Retention } from "./retention.ts";
import { type IscsiTask, phase } from "./task.ts";
import { TaskTable } from "./task_table.ts";

/** Immediate requests that may be unanswered at a time, beside those of the window. */
const IMMEDIATE = 32;

/** What a session is made of. */
export interface SessionOptions {
  readonly initiatorName: string;
  /** Six bytes (RFC 7143 §11.12.5). */
  readonly isid: Uint8Array;
  /** 1 to 65535 (RFC 7143 §11.12.6). */
  readonly tsih: number;
  readonly type: "Normal" | "Discovery";
  /** Empty in a discovery session. */
  readonly targetName: string;
  readonly portalGroupTag: number;
  readonly parameters: SessionParameters;
  /** The CmdSN of the leading login. */
  readonly cmdSn: number;
  /** Commands that may be unanswered at a time, 1 to 4062. */
  readonly queueDepth: number;
  readonly nexus: Nexus;
  readonly pool: BufferPool;
}

/** A session in full feature phase. */
export class Session {
  readonly initiatorName: string;
  readonly isid: Uint8Array;
  readonly tsih: number;
  readonly type: "Normal" | "Discovery";
  readonly targetName: string;
  readonly portalGroupTag: number;
  readonly parameters: SessionParameters;
  readonly nexus: Nexus;
  readonly window: CommandWindow<HeldRequest>;
  readonly tasks: TaskTable;
  readonly bursts: BurstPool;
  /** Tasks that wait for the device server. */
  readonly ready: Ring<IscsiTask> = new Ring<IscsiTask>();
  /** By CID (RFC 7143 §11.12.7). */
  readonly connections: Map<number, Connection> = new Map();
  readonly maxBurstLength: number;
  readonly maxOutstandingR2T: number;
  /** Connections that have gone and whose tasks may be reassigned; `undefined` below ErrorRecoveryLevel 2. */
  readonly retention: Retention | undefined;
  /** No connection may join any more. */
  closed = false;
  /** Responses wait for one that none may overtake. */
  fence: ResponseFence | undefined = undefined;
  /** Is about to end: nothing is kept of connections that go. */
  ending = false;
  /** Pieces of data that are on their way to a store, counted by whoever takes them there. */
  storing = 0;
  /** Logical units of which tasks have ended with their connection; for whoever tells the initiator (RFC 7143 §7.6). */
  cleared: Set<number> | undefined = undefined;

  #immediate = 0;
  readonly #waiting: IscsiTask[] = [];
  readonly #starved: Ring<IscsiTask> = new Ring<IscsiTask>();

  constructor(options: SessionOptions) {
    this.initiatorName = options.initiatorName;
    this.isid = options.isid.slice();
    this.tsih = options.tsih;
    this.type = options.type;
    this.targetName = options.targetName;
    this.portalGroupTag = options.portalGroupTag;
    this.parameters = options.parameters;
    this.nexus = options.nexus;
    this.window = new CommandWindow(options.cmdSn, options.queueDepth);
    this.tasks = new TaskTable(options.queueDepth + IMMEDIATE);
    this.bursts = new BurstPool(options.pool);
    this.maxBurstLength = options.parameters.maxBurstLength;
    const { maxOutstandingR2T, errorRecoveryLevel, dataSequenceInOrder } = options.parameters;
    // What is asked for again then is always the last that was asked for (RFC 7143 §13.19).
    this.maxOutstandingR2T = errorRecoveryLevel > 0 && dataSequenceInOrder ? 1 : Math.min(maxOutstandingR2T, 8);
    this.retention = options.type === "Normal" && retains(options.parameters) ? new Retention(this) : undefined;
  }

  /** Lends a task for a request, or nothing when there are too many immediate ones (RFC 7143 §11.17.1, 06h). */
  takeTask(initiatorTaskTag: number, immediate: boolean, connection: Connection): IscsiTask | undefined {
    if (immediate && this.#immediate >= IMMEDIATE) return undefined;
    const task = this.tasks.take(initiatorTaskTag, connection);
    if (task === undefined) return undefined;
    task.immediate = immediate;
    if (immediate) this.#immediate++;
    return task;
  }

  /**
   * The next task for the device server: to be begun (`phase.ready`), to take data (`phase.arrived`), or to be let go of
   * (`phase.dropped`).
   */
  nextTask(): IscsiTask | undefined {
    let task = this.ready.shift();
    // A task that was dropped while it waited is in the queue twice: the object may be free, or in other hands by now.
    while (
      task !== undefined && task.phase !== phase.ready && task.phase !== phase.arrived && task.phase !== phase.dropped
    ) task = this.ready.shift();
    return task;
  }

  /** The device server has set the outcome of a task: sends it, unless data that was asked for has still to come. */
  complete(task: IscsiTask): void {
    if (task.aborted || task.connection.lost) return this.release(task);
    if (task.openR2ts > 0 || task.unsolicited) {
      task.flushWindow();
      task.phase = phase.draining;
      return;
    }
    this.answer(task);
  }

  /** A sequence of a draining task is over: sends the outcome when it was the last. */
  drained(task: IscsiTask): void {
    if (task.openR2ts === 0 && !task.unsolicited) this.answer(task);
  }

  /** The transport ends a task that the device server does not hold: its sense data is set. */
  fail(task: IscsiTask): void {
    // The device server lets go of it first: it goes through the queue like any other.
    task.phase = phase.arrived;
    task.dataLast = true;
    this.ready.push(task);
  }

  /** Ends an aborted task that the device server does not hold. */
  drop(task: IscsiTask): void {
    task.phase = phase.dropped;
    this.ready.push(task);
  }

  /** A task management function waits for the commands with lower CmdSNs. */
  holdBack(task: IscsiTask): void {
    task.phase = phase.waiting;
    this.#waiting.push(task);
  }

  /** Task management functions wait. */
  get managementWaits(): boolean {
    return this.#waiting.length > 0;
  }

  /** Task management functions whose commands have all come go on. */
  resumeManagement(): void {
    for (const task of this.#waiting.splice(0)) {
      if (task.phase !== phase.waiting) continue;
      if (serialDifference(task.cmdSn, this.window.expCmdSn) > 0) {
        this.#waiting.push(task);
        continue;
      }
      task.phase = phase.ready;
      this.ready.push(task);
    }
  }

  /** Lets go of a task without a word. */
  release(task: IscsiTask): void {
    const { connection } = task;
    task.cancelFrame();
    connection.recovery?.forget(task.initiatorTaskTag);
    this.#settle(task);
    this.tasks.release(task);
    this.#feed();
  }

  /** A task that finds no buffer waits for one. */
  starve(task: IscsiTask): void {
    this.#starved.push(task);
  }

  /** Sends the outcome of a task and lets go of it. */
  answer(task: IscsiTask): void {
    if (this.fence !== undefined && this.fence.holds(task)) return;
    if (task.managementFunction !== 0 && this.fence === undefined && needsFence(task)) return this.#raiseFence(task);
    // MaxCmdSN in the response already counts the place that this task leaves.
    this.#settle(task);
    sendOutcome(task);
    this.tasks.release(task);
    this.#feed();
  }

  /** The tag of an R2T: where the task lies, so that its data finds it at once. */
  transferTag(task: IscsiTask): number {
    return (task.generation << 16 | task.slot << 4 | task.r2tSn & 0xf) >>> 0;
  }

  /**
   * A connection has closed: its tasks end, or wait to be reassigned at ErrorRecoveryLevel 2. With the last connection the
   * session ends, when nothing waits any more.
   */
  leave(connection: Connection): void {
    if (this.connections.get(connection.cid) === connection) this.connections.delete(connection.cid);
    if (this.retention !== undefined && !this.ending && (connection.kept || !connection.loggedOut)) {
      this.retention.keep(connection);
      this.#withdraw((held) => held.connection === connection && bhs.opcode.get(held.pdu.bytes) !== opcode.scsiCommand);
    } else {
      connection.lost = true;
      this.#withdraw((held) => held.connection === connection);
      this.abortTasks(connection);
    }
    this.fence?.advance();
    this.#closeWhenEmpty();
  }

  /** Ends the session for good: whoever calls ends the connections that are left. */
  end(): void {
    this.ending = true;
    this.retention?.end();
    this.#closeWhenEmpty();
  }

  /**
   * Lets go of tasks that nobody has had reassigned in time.
   *
   * @param now milliseconds
   * @returns the time at which to call again
   */
  tick(now: number): number {
    const next = this.retention?.tick(now) ?? Infinity;
    this.#closeWhenEmpty();
    return next;
  }

  /** Ends every task of a connection, or of all. */
  abortTasks(connection?: Connection): void {
    this.tasks.forEach((task) => {
      if (connection !== undefined && task.connection !== connection) return;
      if (task.managementFunction === 0 && !task.aborted) (this.cleared ??= new Set()).add(task.lun);
      task.abort(nobody);
    });
  }

  #raiseFence(task: IscsiTask): void {
    this.fence = new ResponseFence(this, task);
    this.fence.begin();
  }

  #closeWhenEmpty(): void {
    if (this.connections.size > 0 || (this.retention?.size ?? 0) > 0) return;
    this.closed = true;
    this.#withdraw(() => true);
  }

  /** Requests that wait for their turn and will not be served count as come and gone. */
  #withdraw(which: (held: HeldRequest) => boolean): void {
    for (const { immediateData } of this.window.withdraw(which)) {
      if (immediateData !== undefined) this.bursts.give(immediateData);
    }
  }

  #settle(task: IscsiTask): void {
    discardBursts(task);
    if (task.immediate) this.#immediate--;
    else this.window.answered();
  }

  #feed(): void {
    for (let i = this.#starved.length; i > 0; i--) {
      const task = this.#starved.shift() as IscsiTask;
      if (task.phase === phase.gathering) proceedGathering(task);
    }
  }
}

/** Nobody waits for tasks that end with their connection. */
const nobody = { pending: 0, settled(): void {} };
