/**
 * Task management functions that concern whole task sets (SAM-6 §7). ABORT TASK and the functions that concern the
 * transport's own state are the transport's.
 *
 * @module
 */

import type { LogicalUnit } from "./logical_unit.ts";
import type { Nexus } from "./nexus.ts";
import { sense } from "./sense.ts";
import type { AbortWaiter } from "./task.ts";

/** Task management functions, numbered as in RFC 7143 §11.5.1. */
export const taskManagementFunction = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
} as const;

/** Service responses, numbered as in RFC 7143 §11.6.1. */
export const taskManagementResponse = {
  functionComplete: 0,
  taskDoesNotExist: 1,
  lunDoesNotExist: 2,
  taskStillAllegiant: 3,
  reassignmentNotSupported: 4,
  notSupported: 5,
  authorizationFailed: 6,
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
