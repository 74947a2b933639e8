/**
 * How much of a target initiators may take.
 *
 * @module
 */

import { loginStatus } from "../iscsi/constants.ts";
import { LoginError } from "../iscsi/errors.ts";
import type { Session } from "../iscsi/session.ts";

/** Limits of a target; what is absent is not limited. */
export interface TargetLimits {
  /** Sessions at a time. */
  readonly sessions?: number;
  /** Sessions of one initiator at a time. */
  readonly sessionsPerInitiator?: number;
  /** Connections at a time, of all sessions together. */
  readonly connections?: number;
}

/**
 * Checks limits.
 *
 * @throws {RangeError} when one is not a number from 1 up
 */
export function checkLimits(limits: TargetLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new RangeError(`Cannot limit ${name} to ${value}: it is a number from 1 up`);
  }
}

/** What is about to come in. */
export interface Newcomer {
  readonly initiatorName: string;
  /** It joins a session that is open, instead of opening one. */
  readonly joins: boolean;
}

/**
 * Lets a connection in, or not. Sessions that make room for this one are gone already.
 *
 * @throws {LoginError} 0302h, so that the initiator comes again
 */
export function enforceLimits(limits: TargetLimits, sessions: Iterable<Session>, newcomer: Newcomer): void {
  let count = 0;
  let own = 0;
  let connections = 0;
  for (const session of sessions) {
    count++;
    if (session.initiatorName === newcomer.initiatorName) own++;
    connections += session.connections.size;
  }
  const most = Infinity;
  if (!newcomer.joins && count >= (limits.sessions ?? most)) throw full(`all ${count} sessions are open`);
  if (!newcomer.joins && own >= (limits.sessionsPerInitiator ?? most)) {
    throw full(`${newcomer.initiatorName} has all ${own} sessions that one initiator may have`);
  }
  if (connections >= (limits.connections ?? most)) throw full(`all ${connections} connections are open`);
}

function full(state: string): LoginError {
  return new LoginError(loginStatus.outOfResources, `Cannot let anyone in: ${state}`);
}
