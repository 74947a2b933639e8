/**
 * Task management functions that concern whole task sets (SAM-5 §7). ABORT TASK and the functions that concern the
 * transport's own state are the transport's.
 *
 * @module
 */

import type { LogicalUnit } from "./logical_unit.ts";
import type { Nexus } from "./nexus.ts";
import { sense } from "./sense.ts";
import type { AbortWaiter } from "./task.ts";

/** Task management functions, numbered as in RFC 7143 §11.5.1 and from 9 on RFC 7144 §6.3. */
export const taskManagementFunction = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
  queryTask: 9,
  queryTaskSet: 10,
  itNexusReset: 11,
  queryAsynchronousEvent: 12,
} as const;

/** Service responses, numbered as in RFC 7143 §11.6.1, and 7 RFC 7144 §6.4.2. */
export const taskManagementResponse = {
  functionComplete: 0,
  taskDoesNotExist: 1,
  lunDoesNotExist: 2,
  taskStillAllegiant: 3,
  reassignmentNotSupported: 4,
  notSupported: 5,
  authorizationFailed: 6,
  functionSucceeded: 7,
  rejected: 255,
} as const;

/** One of {@link taskManagementResponse}. */
export type TaskManagementResponse = typeof taskManagementResponse[keyof typeof taskManagementResponse];

/**
 * Carries out a task management function. `waiter` counts the tasks that still run: the response is to be sent when its
 * `pending` is zero.
 *
 * @param units the logical units of the target, for the target resets, which reach also those that the nexus cannot see.
 */
export function manage(
  functionCode: number,
  nexus: Nexus,
  lun: number,
  waiter: AbortWaiter,
  units: Iterable<LogicalUnit>,
): TaskManagementResponse {
  const { functionComplete, lunDoesNotExist, notSupported } = taskManagementResponse;
  switch (functionCode) {
    case taskManagementFunction.targetWarmReset:
    case taskManagementFunction.targetColdReset:
      for (const unit of units) {
        unit.tasks.abort(waiter);
        unit.reset(sense.scsiBusReset);
      }
      return functionComplete;
    case taskManagementFunction.itNexusReset:
      for (const number of nexus.luns.numbers()) {
        const unit = nexus.luns.at(number);
        if (unit !== undefined) resetNexus(unit, nexus, waiter);
      }
      return functionComplete;
    case taskManagementFunction.abortTaskSet:
    case taskManagementFunction.clearTaskSet:
    case taskManagementFunction.logicalUnitReset: {
      const unit = nexus.luns.at(lun);
      if (unit === undefined) return lunDoesNotExist;
      manageUnit(functionCode, unit, nexus, waiter);
      return functionComplete;
    }
    default:
      // CLEAR ACA is never needed: NORMACA is zero, so no ACA condition is ever established.
      return notSupported;
  }
}

/** What a function that only asks brings back. */
export interface QueryResult {
  readonly response: TaskManagementResponse;
  /** Additional response information, 24 bits (SAM-5 §7); 0 for none. */
  readonly information: number;
}

/**
 * Answers QUERY TASK SET and QUERY ASYNCHRONOUS EVENT (SAM-5 §7); nothing for other functions.
 */
export function query(functionCode: number, nexus: Nexus, lun: number): QueryResult | undefined {
  const { functionComplete, functionSucceeded, lunDoesNotExist } = taskManagementResponse;
  const asksTasks = functionCode === taskManagementFunction.queryTaskSet;
  if (!asksTasks && functionCode !== taskManagementFunction.queryAsynchronousEvent) return undefined;
  const unit = nexus.luns.at(lun);
  if (unit === undefined) return { response: lunDoesNotExist, information: 0 };
  if (asksTasks) {
    const found = unit.tasks.some((task) => task.nexus === nexus && !task.aborted);
    return { response: found ? functionSucceeded : functionComplete, information: 0 };
  }
  const { attentions, deferred } = unit.nexus(nexus);
  const code = deferred?.code ?? attentions.first;
  if (code === undefined) return { response: functionComplete, information: 0 };
  const depth = attentions.pending + (deferred === undefined ? 0 : 1) > 1 ? 2 : 1;
  const information = depth << 20 | code.key << 16 | code.asc << 8 | code.ascq;
  return { response: functionSucceeded, information };
}

/** Aborts the tasks of some nexuses for another one's command; settles when the last is gone (SPC-5 §5.14.11.5). */
export function abortTasksOf(unit: LogicalUnit, loses: (nexus: Nexus) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiter = {
    // Our own share, so that nothing is settled before all tasks were asked to end.
    pending: 1,
    settled(): void {
      if (waiter.pending === 0) resolve();
    },
  };
  for (const [nexus, { attentions }] of unit.nexuses()) {
    if (!loses(nexus)) continue;
    if (unit.tasks.abort(waiter, nexus).size > 0) attentions.raise(sense.commandsClearedByAnotherInitiator);
  }
  unit.onAbort();
  waiter.pending--;
  waiter.settled();
  return promise;
}

/** The transport has ended commands of a nexus with their connection: the nexus is told at the next one. */
export function reportCleared(nexus: Nexus, luns: Iterable<number>): void {
  for (const lun of luns) {
    const unit = nexus.luns.at(lun);
    if (unit !== undefined) unit.nexus(nexus).attentions.raise(sense.someCommandsCleared);
  }
}

/** The nexus is as if it had been lost and come back (SAM-5 §6.3.4, §7). */
function resetNexus(unit: LogicalUnit, nexus: Nexus, waiter: AbortWaiter): void {
  unit.tasks.abort(waiter, nexus);
  unit.nexusLost(nexus);
  unit.admit(nexus);
}

function manageUnit(functionCode: number, unit: LogicalUnit, nexus: Nexus, waiter: AbortWaiter): void {
  if (functionCode === taskManagementFunction.abortTaskSet) {
    unit.tasks.abort(waiter, nexus);
  } else if (functionCode === taskManagementFunction.clearTaskSet) {
    for (const touched of unit.tasks.abort(waiter)) {
      if (touched !== nexus) unit.nexus(touched).attentions.raise(sense.commandsClearedByAnotherInitiator);
    }
  } else {
    unit.tasks.abort(waiter);
    unit.reset(sense.busDeviceReset);
  }
}
