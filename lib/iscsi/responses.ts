/**
 * The PDUs that end tasks: SCSI Response, Data-In with status, and Task Management Function Response.
 *
 * Data path: nothing here allocates.
 *
 * @module
 */

import { opcode, scsiServiceResponse } from "./constants.ts";
import { sendDataIn } from "./data_in.ts";
import { scsiResponse } from "./pdu/scsi_response.ts";
import { taskManagementResponse } from "./pdu/task_management.ts";
import { setResidual } from "./residual.ts";
import type { IscsiTask } from "./task.ts";

/** Sends what became of a task. */
export function sendOutcome(task: IscsiTask): void {
  if (task.managementFunction !== 0) sendManagementOutcome(task);
  else if (task.status !== 0 || !task.frame.open) sendResponse(task);
  else if (task.snackTag === 0) sendDataIn(task, true);
  else {
    sendDataIn(task, false);
    sendResponse(task);
  }
}

/** RFC 7143 §11.4. */
function sendResponse(task: IscsiTask): void {
  const { connection, sense } = task;
  if (task.frame.open) task.cancelFrame();
  const frame = connection.control;
  // Sense data follows a length of two bytes (RFC 7143 §11.4.7).
  const length = sense === undefined ? 0 : sense.length + 2;
  connection.sender.open(frame, length, true);
  const { bytes, start } = frame;
  scsiResponse.opcode.set(bytes, opcode.scsiResponse, start);
  scsiResponse.final.set(bytes, true, start);
  scsiResponse.response.set(bytes, scsiServiceResponse.completed, start);
  scsiResponse.status.set(bytes, task.status, start);
  scsiResponse.initiatorTaskTag.set(bytes, task.initiatorTaskTag, start);
  scsiResponse.snackTag.set(bytes, task.snackTag, start);
  scsiResponse.statSn.set(bytes, connection.nextStatSn(), start);
  connection.setCommandSns(scsiResponse, bytes, start);
  scsiResponse.expDataSn.set(bytes, task.expectedDataOut > 0 ? task.r2tSn : task.dataSn, start);
  if (task.status !== 0) {
    // Only what has really moved counts when a command ends early.
    const moved = task.expectedDataOut > 0 ? task.transferLength : task.moved;
    task.transferLength = Math.min(task.transferLength, moved);
  }
  setResidual(scsiResponse, task, Math.max(task.expectedDataOut, task.expectedDataIn), bytes, start);
  if (sense !== undefined) {
    const data = connection.sender.dataStart(frame);
    bytes[data] = sense.length >>> 8;
    bytes[data + 1] = sense.length;
    bytes.set(sense, data + 2);
  }
  connection.sender.close(frame, length);
}

/** RFC 7143 §11.6. */
function sendManagementOutcome(task: IscsiTask): void {
  const { connection } = task;
  const frame = connection.control;
  connection.sender.open(frame, 0, true);
  const { bytes, start } = frame;
  taskManagementResponse.opcode.set(bytes, opcode.taskManagementResponse, start);
  taskManagementResponse.final.set(bytes, true, start);
  taskManagementResponse.response.set(bytes, task.managementResponse, start);
  taskManagementResponse.additionalResponseInformation.set(bytes, task.managementInformation, start);
  taskManagementResponse.initiatorTaskTag.set(bytes, task.initiatorTaskTag, start);
  taskManagementResponse.statSn.set(bytes, connection.nextStatSn(), start);
  connection.setCommandSns(taskManagementResponse, bytes, start);
  connection.sender.close(frame, 0);
}
