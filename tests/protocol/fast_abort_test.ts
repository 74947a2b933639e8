/**
 * Functions that end tasks of several connections and sessions: who is told, and in which order (RFC 7143 §4.2.2.3.3,
 * §4.2.3.3, §4.2.3.4, §13.23).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { asyncEvent, taskManagementFunction } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import {
  asyncMessage,
  nopIn,
  nopOut,
  r2t,
  scsiResponse,
  taskManagementRequest,
  taskManagementResponse,
} from "../../lib/iscsi/pdu/mod.ts";
import { pattern, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import type { LogIn, Peer } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";
import { join } from "../support/recovery_story.ts";

const { abortTaskSet, clearTaskSet, logicalUnitReset, targetWarmReset } = taskManagementFunction;

function login(taskReporting: string, isid = 1): LogIn {
  return { isid, keys: { TaskReporting: taskReporting, MaxConnections: "4" } };
}

/** Starts a WRITE that waits for its data. */
function write(peer: Peer, lun: number): ReturnType<typeof r2t.decode> {
  peer.command(write10(0, 1), { write: 512, lun });
  return peer.expect(r2t);
}

function manage(peer: Peer, code: number): number {
  return peer.send(taskManagementRequest, { function: code, immediate: true });
}

/** Answers the ping that asks for an acknowledgement. */
function acknowledge(peer: Peer): void {
  const { targetTransferTag, initiatorTaskTag } = peer.expect(nopIn);
  peer.send(nopOut, { initiatorTaskTag, targetTransferTag, immediate: true });
}

/** On which units the tasks of another session end. */
const functions = [
  { name: "ABORT TASK SET", code: abortTaskSet, luns: [] },
  { name: "CLEAR TASK SET", code: clearTaskSet, luns: [0] },
  { name: "LOGICAL UNIT RESET", code: logicalUnitReset, luns: [0] },
  { name: "TARGET WARM RESET", code: targetWarmReset, luns: [0, 1] },
] as const;

for (const { name, code, luns } of functions) {
  for (const reporting of ["FastAbort", "ResponseFence", "RFC3720"]) {
    const told = reporting === "FastAbort" ? luns : [];
    story(`${name} tells another session with ${reporting} of ${told.length} units`, (house) => {
      const peer = house.session(login("FastAbort"));
      const other = house.session(login(reporting, 2));
      const requests = [write(other, 0), write(other, 1)];
      write(peer, 0);
      assertEquals(manage(peer, code) > 0, true);
      assertEquals(peer.expect(taskManagementResponse).response, 0);
      for (const lun of told) {
        const message = other.expect(asyncMessage);
        assertEquals([message.asyncEvent, message.lun], [asyncEvent.tasksTerminated, encodeLun(lun)]);
      }
      other.expectNothing();
      for (const [lun, request] of requests.entries()) {
        sendSequence(other, request, pattern(512));
        if (!(luns as readonly number[]).includes(lun)) assertEquals(other.ending().status, 0);
      }
      other.expectNothing();
    });
  }
}

story("FastAbort tells the other connections of the session, and the response waits for their receipts", (house) => {
  const a = house.session(login("FastAbort"));
  const b = join(house, a.connection.session, 1);
  b.cmdSn = a.cmdSn;
  write(b, 0);
  const tag = manage(a, logicalUnitReset);
  assertEquals(b.expect(asyncMessage).asyncEvent, asyncEvent.tasksTerminated);
  a.expectNothing();
  acknowledge(b);
  const { initiatorTaskTag, response } = a.expect(taskManagementResponse);
  assertEquals([initiatorTaskTag, response], [tag, 0]);
  acknowledge(a);
});

for (const reporting of ["FastAbort", "ResponseFence"]) {
  story(`With ${reporting} nothing overtakes the response of a function, and nothing is overtaken by it`, (house) => {
    const a = house.session(login(reporting));
    const b = join(house, a.connection.session, 1);
    const c = join(house, a.connection.session, 2);
    const { cmdSn } = a;
    // A response that has not been acknowledged.
    const { expStatSn } = b;
    b.command(testUnitReady, { cmdSn });
    assertEquals(b.expect(scsiResponse).status, 0);
    b.expStatSn = expStatSn;
    manage(a, abortTaskSet);
    a.expectNothing();
    c.command(testUnitReady, { cmdSn: cmdSn + 1 });
    c.expectNothing();
    const ping = b.expect(nopIn);
    assertEquals(ping.initiatorTaskTag, 0xffffffff);
    b.send(nopOut, { ...ping, opcode: 0, immediate: true, expStatSn: expStatSn + 1 });
    assertEquals(a.expect(taskManagementResponse).response, 0);
    c.expectNothing();
    acknowledge(a);
    assertEquals(c.expect(scsiResponse).status, 0);
  });
}

story("With RFC3720 the response of a function waits for nobody", (house) => {
  const a = house.session(login("RFC3720"));
  const b = join(house, a.connection.session, 1);
  b.command(testUnitReady, { cmdSn: a.cmdSn });
  b.expect(scsiResponse);
  manage(a, abortTaskSet);
  assertEquals(a.expect(taskManagementResponse).response, 0);
});

story("A connection that goes holds no response back", (house) => {
  const a = house.session(login("FastAbort"));
  const b = join(house, a.connection.session, 1);
  const { expStatSn } = b;
  b.command(testUnitReady, { cmdSn: a.cmdSn });
  b.expect(scsiResponse);
  b.expStatSn = expStatSn;
  manage(a, abortTaskSet);
  b.expect(nopIn);
  a.expectNothing();
  b.end();
  assertEquals(a.expect(taskManagementResponse).response, 0);
  acknowledge(a);
});

story("When the connection of a function goes the others go on", (house) => {
  const a = house.session(login("FastAbort"));
  const b = join(house, a.connection.session, 1);
  const c = join(house, a.connection.session, 2);
  const { cmdSn } = a;
  const { expStatSn } = b;
  b.command(testUnitReady, { cmdSn });
  b.expect(scsiResponse);
  b.expStatSn = expStatSn;
  manage(a, abortTaskSet);
  b.expect(nopIn);
  c.command(testUnitReady, { cmdSn: cmdSn + 1 });
  c.expectNothing();
  a.end();
  assertEquals(c.expect(scsiResponse).status, 0);
  assertEquals(c.connection.session.tasks.size, 0);
});

story("Two functions at a time are answered one after the other", (house) => {
  const a = house.session(login("FastAbort"));
  const b = join(house, a.connection.session, 1);
  const first = manage(a, abortTaskSet);
  assertEquals(a.expect(taskManagementResponse).initiatorTaskTag, first);
  const second = manage(b, abortTaskSet);
  b.expectNothing();
  acknowledge(a);
  assertEquals(b.expect(taskManagementResponse).initiatorTaskTag, second);
  acknowledge(b);
});
