/**
 * What the stories of error recovery and of several connections have in common: logins that want it, further connections,
 * and the requests of recovery.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { snackType, taskManagementFunction } from "../../lib/iscsi/constants.ts";
import {
  loginResponse,
  logoutRequest,
  logoutResponse,
  snackRequest,
  taskManagementRequest,
  taskManagementResponse,
} from "../../lib/iscsi/pdu/mod.ts";
import type { Session } from "../../lib/iscsi/session.ts";
import { isidOf, type LogIn, type Peer } from "./protocol_peer.ts";
import { type ProtocolHarness, story, type StoryOptions, TARGET } from "./protocol_harness.ts";

/** A target that recovers from everything. */
export const recovering: StoryOptions = { local: { errorRecoveryLevel: 2, maxConnections: 4, initialR2T: false } };

/** A login at an ErrorRecoveryLevel; keys beside it. */
export function atLevel(level: number, keys: Record<string, string> = {}): LogIn {
  return { keys: { ErrorRecoveryLevel: String(level), InitialR2T: "Yes", MaxConnections: "4", ...keys } };
}

/** Tells a story of a target that recovers from everything. */
export function recoveryStory(name: string, play: (house: ProtocolHarness) => void | Promise<void>): void {
  story(name, play, recovering);
}

/** A further connection of a session, or one in place of an older one with the same CID. */
export function join(
  house: ProtocolHarness,
  session: Session,
  cid: number,
  keys: Record<string, string> = {},
): Peer {
  const peer = house.connect();
  const pairs = Object.entries({ InitiatorName: session.initiatorName, TargetName: TARGET, ...keys });
  peer.cmdSn = session.window.expCmdSn;
  // Tags are the session's, not the connection's.
  peer.initiatorTaskTag = 0x10000 * (cid + 1) + session.connections.size * 0x1000;
  peer.deliver(peer.login(pairs, { isid: isidOf(1), tsih: session.tsih, cid }));
  const { statusClass, statusDetail, tsih } = peer.expect(loginResponse);
  assertEquals([statusClass, statusDetail, tsih], [0, 0, session.tsih]);
  peer.headerDigest = keys.HeaderDigest === "CRC32C";
  peer.dataDigest = keys.DataDigest === "CRC32C";
  return peer;
}

/** The status that a login of a further connection ends with. */
export function refusedJoin(house: ProtocolHarness, session: Session, cid: number): number {
  const peer = house.connect();
  const pairs = Object.entries({ InitiatorName: session.initiatorName, TargetName: TARGET });
  peer.deliver(peer.login(pairs, { isid: isidOf(1), tsih: session.tsih, cid }));
  const { statusClass, statusDetail } = peer.expect(loginResponse);
  return statusClass << 8 | statusDetail;
}

/** Asks for what is missing of a command: Data-In or R2Ts. */
export function snackData(peer: Peer, initiatorTaskTag: number, begRun = 0, runLength = 0): void {
  peer.send(snackRequest, { type: snackType.dataOrR2t, initiatorTaskTag, begRun, runLength });
}

/** Asks for responses that are missing. */
export function snackStatus(peer: Peer, begRun = 0, runLength = 0, expStatSn = peer.expStatSn): void {
  peer.send(snackRequest, { type: snackType.status, initiatorTaskTag: 0xffffffff, begRun, runLength, expStatSn });
}

/** Asks for a task to be reassigned and returns the response. */
export function reassign(peer: Peer, referencedTaskTag: number, expDataSn = 0): number {
  peer.send(taskManagementRequest, {
    function: taskManagementFunction.taskReassign,
    immediate: true,
    referencedTaskTag,
    expDataSn,
  });
  return peer.expect(taskManagementResponse).response;
}

/** Logs a connection out for recovery, on another or on itself, and returns the response. */
export function logoutForRecovery(
  peer: Peer,
  cid: number,
): { response: number; time2Wait: number; time2Retain: number } {
  peer.send(logoutRequest, { reason: 2, cid, immediate: true });
  const { response, time2Wait, time2Retain } = peer.expect(logoutResponse);
  return { response, time2Wait, time2Retain };
}
