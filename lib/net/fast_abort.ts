/**
 * Fast multi-task abort (RFC 7143 §4.2.3.4): initiators that have agreed to TaskReporting=FastAbort are told which of their
 * tasks a function of another connection or session has ended.
 *
 * Tested in tests/protocol/fast_abort_test.ts.
 *
 * @module
 */

import { announceTerminatedTasks } from "../iscsi/async_messages.ts";
import type { Connection } from "../iscsi/connection.ts";
import { encodeLun } from "../iscsi/pdu/lun.ts";
import type { Session } from "../iscsi/session.ts";
import type { IscsiTask } from "../iscsi/task.ts";
import { taskManagementFunction } from "../scsi/task_management.ts";

/** Connections with the numbers of the logical units of which they are to hear. */
export type Affected = ReadonlyMap<Connection, ReadonlySet<number>>;

/** Who has to hear of what a function is about to do: every connection that has a task of it, but the one that asks. */
export function affectedBy(function_: IscsiTask, sessions: Iterable<Session>): Affected {
  const affected = new Map<Connection, Set<number>>();
  for (const session of sessions) {
    if (session.parameters.taskReporting !== "FastAbort") continue;
    session.tasks.forEach((task) => {
      const { connection, lun } = task;
      if (connection === function_.connection || !concerns(function_, task)) return;
      affected.set(connection, (affected.get(connection) ?? new Set()).add(lun));
    });
  }
  return affected;
}

/** Tells them; returns the sessions that have something to send. */
export function announce(affected: Affected): Set<Session> {
  const sessions = new Set<Session>();
  for (const [connection, luns] of affected) {
    for (const lun of luns) announceTerminatedTasks(connection, encodeLun(lun));
    sessions.add(connection.session);
  }
  return sessions;
}

function concerns(function_: IscsiTask, task: IscsiTask): boolean {
  if (task.managementFunction !== 0 || task.aborted) return false;
  switch (function_.managementFunction) {
    case taskManagementFunction.abortTaskSet:
      return task.nexus === function_.nexus && task.lun === function_.lun;
    case taskManagementFunction.clearTaskSet:
    case taskManagementFunction.logicalUnitReset:
      return task.nexus.luns.at(task.lun) === function_.nexus.luns.at(function_.lun);
    case taskManagementFunction.targetWarmReset:
    case taskManagementFunction.targetColdReset:
      return true;
  }
  return false;
}
