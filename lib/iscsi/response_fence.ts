/**
 * The response fence (RFC 7143 §4.2.2.3.3): the response of a function that has ended tasks overtakes none that was sent
 * before on another connection, and is overtaken by none. There is none to do on a session with one connection.
 *
 * Tested in tests/protocol/fast_abort_test.ts.
 *
 * @module
 */

import { serialDifference } from "./command_window.ts";
import type { Connection } from "./connection.ts";
import { taskManagementFunction } from "./constants.ts";
import type { Session } from "./session.ts";
import { type IscsiTask, phase } from "./task.ts";

/** What the initiator has acknowledged on a connection; a `Recovery` is one too. */
export interface Receipts {
  /** The oldest StatSN that is not acknowledged. */
  readonly acknowledgedStatSn: number;
  /** The initiator has everything before a StatSN. */
  acknowledge(expStatSn: number): void;
}

/** Only remembers what has been acknowledged: for ErrorRecoveryLevel 0. */
export class StatSnReceipts implements Receipts {
  acknowledgedStatSn: number;

  constructor(statSn: number) {
    this.acknowledgedStatSn = statSn;
  }

  acknowledge(expStatSn: number): void {
    if (serialDifference(expStatSn, this.acknowledgedStatSn) > 0) this.acknowledgedStatSn = expStatSn;
  }
}

/** The functions whose response is fenced: those that end tasks of whole task sets. */
const fenced: ReadonlySet<number> = new Set([
  taskManagementFunction.abortTaskSet,
  taskManagementFunction.clearTaskSet,
  taskManagementFunction.logicalUnitReset,
  taskManagementFunction.targetWarmReset,
  taskManagementFunction.targetColdReset,
]);

/** Whether the response of a task has to be fenced. */
export function needsFence({ connection, managementFunction }: IscsiTask): boolean {
  const { connections, parameters } = connection.session;
  return connections.size > 1 && parameters.taskReporting !== "RFC3720" && fenced.has(managementFunction);
}

/** The fence around one response. */
export class ResponseFence {
  readonly #session: Session;
  readonly #task: IscsiTask;
  readonly #generation: number;
  readonly #connection: Connection;
  readonly #held: { readonly task: IscsiTask; readonly generation: number }[] = [];
  /** The StatSN behind the response, once it has been sent. */
  #sent: number | undefined;
  #open = true;

  constructor(session: Session, task: IscsiTask) {
    this.#session = session;
    this.#task = task;
    this.#generation = task.generation;
    this.#connection = task.connection;
  }

  /** Holds a response back; false for the one that the fence is for. */
  holds(task: IscsiTask): boolean {
    if (task === this.#task && task.generation === this.#generation) return false;
    // It can be dropped while it waits.
    task.phase = phase.draining;
    this.#held.push({ task, generation: task.generation });
    return true;
  }

  /** Asks on the other connections for what has been sent there to be acknowledged. */
  begin(): void {
    for (const connection of this.#session.connections.values()) {
      if (connection === this.#connection || caughtUp(connection, connection.statSn)) continue;
      connection.keepAlive.ask(connection);
      connection.wake();
    }
    this.advance();
  }

  /** Something has been acknowledged, or a connection has gone. */
  advance(): void {
    if (!this.#open) return;
    const connection = this.#connection;
    if (connection.closed || connection.kept) return this.#end();
    if (this.#sent === undefined) {
      for (const each of this.#session.connections.values()) {
        if (each !== connection && !caughtUp(each, each.statSn)) return;
      }
      this.#sent = connection.statSn + 1 >>> 0;
      this.#session.answer(this.#task);
      connection.keepAlive.ask(connection);
      connection.wake();
    }
    if (caughtUp(connection, this.#sent)) this.#end();
  }

  #end(): void {
    this.#open = false;
    this.#session.fence = undefined;
    // The one who asked is gone.
    if (this.#sent === undefined) this.#session.release(this.#task);
    for (const { task, generation } of this.#held) {
      if (task.generation !== generation || task.phase !== phase.draining) continue;
      this.#session.answer(task);
      task.connection.wake();
    }
  }
}

function caughtUp({ receipts }: Connection, statSn: number): boolean {
  return receipts === undefined || serialDifference(receipts.acknowledgedStatSn, statSn) >= 0;
}
