/**
 * Brings tasks from sessions to the device server and their outcomes back: the one place that knows both.
 *
 * Data path: nothing is allocated while stores answer at once.
 *
 * @module
 */

import { reportScsiEvent } from "../iscsi/async_messages.ts";
import { consume, gather, proceedGathering } from "../iscsi/data_out.ts";
import { encodeLun } from "../iscsi/pdu/lun.ts";
import type { Session } from "../iscsi/session.ts";
import { type IscsiTask, phase } from "../iscsi/task.ts";
import { finishManagement, manageTask } from "../iscsi/task_management.ts";
import { begin, DONE, finish, GATHER, proceed, STREAM } from "../scsi/dispatch.ts";
import { manage, query, reportCleared, taskManagementFunction } from "../scsi/task_management.ts";
import type { Catalogue } from "../target/catalogue.ts";
import { affectedBy, announce } from "./fast_abort.ts";
import type { Target } from "../target/target.ts";

/** What the engine tells whoever owns the sockets. */
export interface EngineEvents {
  /** Something may have come into the send buffers of a session's connections. */
  answered(session: Session): void;
  /** TARGET COLD RESET (RFC 7143 §11.5.1) or I_T NEXUS RESET (RFC 7144 §6.3) ends a session. */
  reset(session: Session): void;
}

/** Runs the tasks of all sessions. */
export class Engine {
  readonly #catalogue: Catalogue;
  readonly #events: EngineEvents;
  /** Commands that are with a store. */
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(catalogue: Catalogue, events: EngineEvents) {
    this.#catalogue = catalogue;
    this.#events = events;
    for (const target of catalogue.targets.values()) this.attach(target);
  }

  /** Lets go of tasks of a target's sessions when a command of another one has aborted them. */
  attach(target: Target): void {
    target.onChange = (session, lun, sense) => this.#report(session, lun, sense);
    target.onAbort = () => {
      for (const session of target.sessions) {
        this.run(session);
        this.#events.answered(session);
      }
    };
  }

  /** Tells initiators of changes that they want to hear of at once. */
  #report(session: Session, lun: number, sense: Uint8Array): void {
    const [connection] = session.connections.values();
    if (connection === undefined) return;
    reportScsiEvent(connection, encodeLun(lun), sense);
    this.#events.answered(session);
  }

  /** Runs what is ready in a session. Whoever calls sends what is then in the send buffers. */
  run(session: Session): void {
    for (let task = session.nextTask(); task !== undefined; task = session.nextTask()) this.#step(session, task);
    if (session.cleared !== undefined) this.#reportCleared(session);
  }

  /**
   * Ends what sessions have kept for too long.
   *
   * @param now milliseconds
   * @returns the time at which to call again
   */
  tick(now: number): number {
    let next = Infinity;
    for (const session of this.#catalogue.sessions()) {
      if (session.retention === undefined) continue;
      next = Math.min(next, session.tick(now));
      this.run(session);
      if (session.closed) this.#catalogue.leave(session);
    }
    return next;
  }

  /** Ends a session whose connections are ended, or about to be. */
  end(session: Session): void {
    session.end();
    this.run(session);
  }

  /** Settles when no command is with a store. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #step(session: Session, task: IscsiTask): void {
    if (task.phase === phase.dropped) {
      finish(task);
      session.release(task);
      return;
    }
    const arrived = task.phase === phase.arrived;
    task.phase = phase.running;
    if (task.managementFunction !== 0) return this.#manage(session, task);
    // The transport has ended it already (RFC 7143 §11.4.7.2).
    if (task.status !== 0) return end(session, task);
    if (arrived) {
      const running = proceed(task);
      if (running === undefined) return taken(session, task);
      session.storing++;
      return this.#wait(running, session, task, stored);
    }
    const outcome = begin(task);
    if (outcome === DONE) end(session, task);
    else if (outcome === GATHER || outcome === STREAM) gather(task, outcome === GATHER);
    else this.#wait(outcome, session, task, end);
  }

  #reportCleared(session: Session): void {
    if (!session.closed && session.cleared !== undefined) reportCleared(session.nexus, session.cleared);
    session.cleared = undefined;
  }

  #wait(
    running: Promise<void>,
    session: Session,
    task: IscsiTask,
    then: (session: Session, task: IscsiTask) => void,
  ): void {
    this.#running++;
    running.then(() => {
      this.#running--;
      this.#goOn(session, task, then);
      if (this.#running === 0) { for (const resolve of this.#waiting.splice(0)) resolve(); }
    });
  }

  /** Nobody waits for what a store's promise leads to: whatever is thrown ends the connection, and not the server. */
  #goOn(session: Session, task: IscsiTask, then: (session: Session, task: IscsiTask) => void): void {
    try {
      then(session, task);
      this.run(session);
      this.#events.answered(session);
    } catch (error) {
      task.connection.hangUp(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #manage(session: Session, task: IscsiTask): void {
    if (manageTask(task)) return;
    const asked = query(task.managementFunction, session.nexus, task.lun);
    if (asked !== undefined) {
      task.managementInformation = asked.information;
      return finishManagement(task, asked.response);
    }
    const target = this.#catalogue.targets.get(session.targetName);
    const ended = endedBy(task.managementFunction, session, target);
    const waiter = {
      // Our own share, so that nothing is settled before all tasks were asked to end.
      pending: 1,
      settled: (): void => {
        if (waiter.pending > 0) return;
        for (const each of announce(affected)) this.#events.answered(each);
        finishManagement(task, outcome);
        this.#events.answered(session);
        for (const each of ended) this.#events.reset(each);
      },
    };
    const affected = affectedBy(task, target?.sessions ?? []);
    const outcome = manage(task.managementFunction, session.nexus, task.lun, waiter, target?.units() ?? []);
    // Tasks of other sessions that waited for data are let go of at once.
    for (const each of target?.sessions ?? []) if (each !== session) this.run(each);
    waiter.pending--;
    waiter.settled();
  }
}

/** The sessions that a function ends once it was answered, whatever time they would have to come back. */
function endedBy(functionCode: number, session: Session, target: Target | undefined): readonly Session[] {
  if (functionCode === taskManagementFunction.itNexusReset) return [session];
  return functionCode === taskManagementFunction.targetColdReset ? [...target?.sessions ?? []] : [];
}

/** A store has taken a piece of data, after a while. */
function stored(session: Session, task: IscsiTask): void {
  session.storing--;
  taken(session, task);
}

/** The device server has taken a piece of data: on to the next, or to the end. */
function taken(session: Session, task: IscsiTask): void {
  consume(task);
  if (task.status !== 0 || task.dataLast || task.aborted || task.connection.lost) return end(session, task);
  task.phase = phase.gathering;
  proceedGathering(task);
}

function end(session: Session, task: IscsiTask): void {
  finish(task);
  session.complete(task);
}
