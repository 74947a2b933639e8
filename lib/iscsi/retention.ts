/**
 * Connections that have gone and whose tasks go on: at ErrorRecoveryLevel 2 a session keeps them for DefaultTime2Wait and
 * DefaultTime2Retain, so that the initiator can have them reassigned to another connection (RFC 7143 §7.5, §7.2.2).
 *
 * Tested in tests/protocol/recovery_reassign_test.ts.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { voidSequences } from "./data_recovery.ts";
import type { SessionParameters } from "./parameters.ts";
import type { Session } from "./session.ts";
import { phase } from "./task.ts";

/** Times that all connections of a session may have gone before those that went first are given up. */
const GENERATIONS = 2;

/** A connection that is kept. */
interface Retained {
  readonly connection: Connection;
  /** Milliseconds; not known before time has been told. */
  deadline: number | undefined;
}

/** The connections of one session that are kept. */
export class Retention {
  readonly #session: Session;
  readonly #time: number;
  #retained: Retained[] = [];

  constructor(session: Session) {
    this.#session = session;
    const { defaultTime2Wait, defaultTime2Retain } = session.parameters;
    this.#time = (defaultTime2Wait + defaultTime2Retain) * 1000;
  }

  /** Connections that are kept. */
  get size(): number {
    return this.#retained.length;
  }

  /** The newest kept connection with a CID. */
  find(cid: number): Connection | undefined {
    return this.#retained.findLast(({ connection }) => connection.cid === cid)?.connection;
  }

  /** The kept connection that has the outcome of a command which is over. */
  holderOf(initiatorTaskTag: number): Connection | undefined {
    return this.#retained.findLast(({ connection }) =>
      connection.recovery?.transfer(initiatorTaskTag)?.status !== undefined
    )?.connection;
  }

  /** Keeps a connection: what its tasks send from now on is only recorded. Again: its time starts anew. */
  keep(connection: Connection): void {
    const known = this.#retained.find((each) => each.connection === connection);
    if (known !== undefined) {
      known.deadline = undefined;
      return;
    }
    this.#retained.push({ connection, deadline: undefined });
    connection.kept = true;
    if (connection.recovery !== undefined) connection.recovery.detached = true;
    const session = this.#session;
    const [oldest] = this.#retained;
    if (oldest !== undefined && this.#retained.length > GENERATIONS * session.parameters.maxConnections) {
      this.#drop(oldest);
    }
    session.tasks.forEach((task) => {
      if (task.connection !== connection) return;
      voidSequences(task);
      if (task.phase === phase.draining) session.drained(task);
    });
  }

  /**
   * Lets go of connections whose time is over.
   *
   * @param now milliseconds
   * @returns the time at which to call again
   */
  tick(now: number): number {
    let next = Infinity;
    for (const each of [...this.#retained]) {
      each.deadline ??= now + this.#time;
      if (each.deadline <= now) this.#drop(each);
      else next = Math.min(next, each.deadline);
    }
    return next;
  }

  /** Lets go of a connection, if it is kept. */
  drop(connection: Connection): void {
    const retained = this.#retained.find((each) => each.connection === connection);
    if (retained !== undefined) this.#drop(retained);
  }

  /** Lets go of all. */
  end(): void {
    for (const each of [...this.#retained]) this.#drop(each);
  }

  #drop(retained: Retained): void {
    this.#retained = this.#retained.filter((each) => each !== retained);
    retained.connection.dispose();
    this.#session.abortTasks(retained.connection);
  }
}

/** Whether a session keeps connections that have gone: with DefaultTime2Retain 0 it does not (RFC 7143 §13.16). */
export function retains({ errorRecoveryLevel, defaultTime2Retain }: SessionParameters): boolean {
  return errorRecoveryLevel === 2 && defaultTime2Retain > 0;
}
