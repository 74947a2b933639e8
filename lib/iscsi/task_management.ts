/**
 * Task management requests (RFC 7143 §11.5): those that concern one task are decided here, the others wait in the
 * session's queue for whoever knows the logical units.
 *
 * @module
 */

import { rejectReason, RESERVED_TAG, taskManagementFunction, taskManagementOutcome } from "./constants.ts";
import type { Connection } from "./connection.ts";
import type { Pdu } from "./deframer.ts";
import { RejectError } from "./errors.ts";
import { decodeLun } from "./pdu/lun.ts";
import { taskManagementRequest } from "./pdu/task_management.ts";
import { reassignTask } from "./reassign.ts";
import { serialDifference } from "./command_window.ts";
import { type IscsiTask, phase } from "./task.ts";

/** Takes a Task Management Function Request whose turn has come. */
export function receiveTaskManagement(connection: Connection, pdu: Pdu): void {
  const { session } = connection;
  const { bytes, base } = pdu;
  const initiatorTaskTag = taskManagementRequest.initiatorTaskTag.get(bytes, base);
  const immediate = taskManagementRequest.immediate.get(bytes, base);
  if (initiatorTaskTag === RESERVED_TAG || session.type === "Discovery") {
    throw new RejectError(rejectReason.protocolError, "Cannot start the function: there is no task to it");
  }
  if (session.tasks.find(initiatorTaskTag) !== undefined) {
    throw new RejectError(rejectReason.taskInProgress, "Cannot start the function: its task tag is in use");
  }
  const code = taskManagementRequest.function.get(bytes, base);
  if (code === 0) {
    throw new RejectError(rejectReason.invalidPduField, "Cannot start the function: there is no function 0");
  }
  const task = session.takeTask(initiatorTaskTag, immediate, connection);
  if (task === undefined) {
    throw new RejectError(
      rejectReason.immediateCommandReject,
      "Cannot start the function: too many immediate requests",
    );
  }
  task.cmdSn = taskManagementRequest.cmdSn.get(bytes, base);
  task.managementFunction = code;
  task.lun = decodeLun(bytes, base + taskManagementRequest.lun.offset);
  task.referencedTaskTag = taskManagementRequest.referencedTaskTag.get(bytes, base);
  task.refCmdSn = taskManagementRequest.refCmdSn.get(bytes, base);
  task.expDataSn = taskManagementRequest.expDataSn.get(bytes, base);
  task.expectedDataIn = task.expectedDataOut = 0;
  if (waitsForCommands(task)) return session.holdBack(task);
  task.phase = phase.ready;
  session.ready.push(task);
}

/**
 * An immediate function for a task set also concerns the commands with lower CmdSNs that are still to come; a target reset
 * need not wait for them (RFC 7143 §4.2.3.3).
 */
function waitsForCommands({ connection, managementFunction, cmdSn }: IscsiTask): boolean {
  const { window } = connection.session;
  return (managementFunction === taskManagementFunction.abortTaskSet ||
    managementFunction === taskManagementFunction.clearTaskSet ||
    managementFunction === taskManagementFunction.logicalUnitReset) &&
    serialDifference(cmdSn, window.expCmdSn) > 0 && serialDifference(cmdSn, window.maxCmdSn) <= 1;
}

/**
 * Carries out ABORT TASK and answers for functions that need no logical unit.
 *
 * @returns false for functions that the SCSI layer has to carry out.
 */
export function manageTask(task: IscsiTask): boolean {
  switch (task.managementFunction) {
    case taskManagementFunction.abortTask:
      abortTask(task);
      return true;
    case taskManagementFunction.taskReassign:
      reassignTask(task);
      return true;
    case taskManagementFunction.abortTaskSet:
    case taskManagementFunction.clearTaskSet:
    case taskManagementFunction.logicalUnitReset:
    case taskManagementFunction.targetWarmReset:
    case taskManagementFunction.targetColdReset:
      return false;
    case taskManagementFunction.queryTask:
      if (!knowsQueries(task)) break;
      queryTask(task);
      return true;
    case taskManagementFunction.queryTaskSet:
    case taskManagementFunction.itNexusReset:
    case taskManagementFunction.queryAsynchronousEvent:
      if (!knowsQueries(task)) break;
      return false;
  }
  finishManagement(task, taskManagementOutcome.functionNotSupported);
  return true;
}

/** Sends the response of a task management function. */
export function finishManagement(task: IscsiTask, outcome: number): void {
  task.managementResponse = outcome;
  task.connection.session.complete(task);
}

/** These functions are there from iSCSIProtocolLevel 2 on (RFC 7144 §6.3). */
function knowsQueries({ connection }: IscsiTask): boolean {
  return connection.session.parameters.iscsiProtocolLevel >= 2;
}

/** RFC 7144 §6.4.2, QUERY TASK: whether the task is in the task set of the logical unit; for commands only (§6.3). */
function queryTask(task: IscsiTask): void {
  const { tasks } = task.connection.session;
  const referenced = tasks.find(task.referencedTaskTag);
  if (referenced !== undefined && referenced.managementFunction !== 0) {
    return finishManagement(task, taskManagementOutcome.functionRejected);
  }
  const found = referenced !== undefined && !referenced.aborted && referenced.lun === task.lun;
  finishManagement(task, found ? taskManagementOutcome.functionSucceeded : taskManagementOutcome.functionComplete);
}

/** RFC 7143 §11.5.1, ABORT TASK: the response goes out when the task is really gone. */
function abortTask(task: IscsiTask): void {
  const { tasks } = task.connection.session;
  const referenced = tasks.find(task.referencedTaskTag);
  if (referenced === undefined || referenced === task || referenced.managementFunction !== 0) {
    const coming = skip(task);
    finishManagement(
      task,
      coming ? taskManagementOutcome.functionComplete : taskManagementOutcome.taskDoesNotExist,
    );
    if (coming) task.connection.resume();
    return;
  }
  const waiter = {
    pending: 1,
    settled(): void {
      if (waiter.pending === 0) finishManagement(task, taskManagementOutcome.functionComplete);
    },
  };
  referenced.abort(waiter);
  waiter.pending--;
  waiter.settled();
}

/** A command that is still to come, or has come too early, counts as come and gone (RFC 7143 §11.5.1). */
function skip({ connection, cmdSn, refCmdSn }: IscsiTask): boolean {
  const { bursts, window } = connection.session;
  if (
    serialDifference(refCmdSn, window.expCmdSn) < 0 || serialDifference(refCmdSn, cmdSn) >= 0 ||
    serialDifference(refCmdSn, window.maxCmdSn) > 0
  ) return false;
  const burst = window.skip(refCmdSn)?.immediateData;
  if (burst !== undefined) bursts.give(burst);
  return true;
}
