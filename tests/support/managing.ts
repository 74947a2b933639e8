/**
 * Task management functions as a story sends them, and the unit attentions that they leave.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementFunction } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/mod.ts";
import { testUnitReady } from "./cdbs.ts";
import type { Peer } from "./protocol_peer.ts";

/** Sends ABORT TASK and returns its tag. */
export function abort(peer: Peer, referencedTaskTag: number, refCmdSn: number, immediate = true): number {
  const { abortTask } = taskManagementFunction;
  return peer.send(taskManagementRequest, { function: abortTask, referencedTaskTag, refCmdSn, immediate });
}

/** Sends a function that reaches all tasks of a unit, or of the target, and returns its tag. */
export function manage(peer: Peer, code: number, lun = 0, immediate = true): number {
  return peer.send(taskManagementRequest, { function: code, immediate, lun: encodeLun(lun) });
}

/** The outcome of the task management function that has just ended. */
export function outcome(peer: Peer, tag: number): number {
  const response = peer.expect(taskManagementResponse);
  const { initiatorTaskTag, final, additionalResponseInformation } = response;
  assertEquals([initiatorTaskTag, final, additionalResponseInformation], [tag, true, 0]);
  return response.response;
}

/** The unit attention that waits, or nothing. */
export function attention(peer: Peer, lun = 0): string {
  peer.command(testUnitReady, { lun });
  const { sense } = peer.ending();
  if (sense !== "") {
    peer.command(testUnitReady, { lun });
    assertEquals(peer.ending().status, 0);
  }
  return sense;
}
