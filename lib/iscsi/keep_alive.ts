/**
 * Finds out who is gone: a login that takes too long, and a peer that no longer answers. Time is an argument.
 *
 * @module
 */

import { opcode, RESERVED_TAG } from "./constants.ts";
import type { Connection } from "./connection.ts";
import { ConnectionError } from "./errors.ts";
import { nopIn } from "./pdu/nop.ts";

/** Times in milliseconds. */
export interface Timeouts {
  /** From the connection to full feature phase. */
  readonly login: number;
  /** Silence after which the target pings (RFC 7143 §11.19); 0 for never. */
  readonly ping: number;
  /** Silence after a ping after which the peer counts as gone; 0 for never: some boot ROMs never answer. */
  readonly answer: number;
}

/** Timeouts that suit a network. */
export const defaultTimeouts: Timeouts = { login: 15_000, ping: 15_000, answer: 45_000 };

/** The timers of a connection. */
export class KeepAlive {
  readonly #timeouts: Timeouts;
  readonly #born: number;
  #heard: number;
  #pinged: number | undefined;
  #answers = false;
  #tag = 0;

  constructor(timeouts: Timeouts, now: number) {
    this.#timeouts = timeouts;
    this.#born = now;
    this.#heard = now;
  }

  /** The peer has sent something. */
  heard(now: number): void {
    this.#heard = now;
    this.#pinged = undefined;
  }

  /** The peer has answered a ping: it will be missed when it does not. */
  answered(): void {
    this.#answers = true;
  }

  /** Sends what is due; see {@link Connection.tick}. */
  tick(connection: Connection, now: number): number {
    const { login, ping, answer } = this.#timeouts;
    if (!connection.inFullFeature) {
      const due = this.#born + login;
      if (now >= due) throw new ConnectionError(`Cannot wait for the login: not done after ${login / 1000} s`);
      return due;
    }
    if (ping === 0) return Infinity;
    if (this.#pinged === undefined) {
      const due = this.#heard + ping;
      if (now < due) return due;
      this.ask(connection);
      this.#pinged = now;
    }
    // An initiator that has never answered a ping may not know how to (UEFI and iPXE do not): it is left alone.
    if (answer === 0 || !this.#answers) return now + ping;
    const due = this.#pinged + answer;
    if (now >= due) throw new ConnectionError(`Cannot reach the initiator: no answer to a ping for ${answer / 1000} s`);
    // An answer that comes before is the start of another silence, which must not be noticed only then.
    return Math.min(due, now + ping);
  }

  /** Asks for a sign of life: a valid tag, no data, StatSN shown and not used up (RFC 7143 §11.19). */
  ask(connection: Connection): void {
    const { control, sender } = connection;
    this.#tag = this.#tag + 1 & 0x7fffffff;
    sender.open(control, 0, true);
    const { bytes, start } = control;
    nopIn.opcode.set(bytes, opcode.nopIn, start);
    nopIn.final.set(bytes, true, start);
    nopIn.initiatorTaskTag.set(bytes, RESERVED_TAG, start);
    nopIn.targetTransferTag.set(bytes, this.#tag, start);
    nopIn.statSn.set(bytes, connection.statSn, start);
    connection.setCommandSns(nopIn, bytes, start);
    sender.close(control, 0);
  }
}
