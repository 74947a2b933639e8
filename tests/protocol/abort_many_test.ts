/**
 * Task management functions that reach many tasks: items 11.3.1, 11.3.2, 11.4 and 11.5 of the full feature phase list
 * (RFC 7143 §4.2.3.3, §11.5.1), with the unit attentions that they cause (SAM-5 §7).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementFunction, taskManagementOutcome } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { dataOut, nopIn, nopOut, r2t, taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";

const { abortTaskSet, clearTaskSet, logicalUnitReset, targetWarmReset, targetColdReset } = taskManagementFunction;
const { functionComplete, lunDoesNotExist } = taskManagementOutcome;

function manage(peer: Peer, code: number, lun = 0, immediate = true): number {
  return peer.send(taskManagementRequest, { function: code, immediate, lun: encodeLun(lun) });
}

function outcome(peer: Peer, tag: number): number {
  const response = peer.expect(taskManagementResponse);
  assertEquals([response.initiatorTaskTag, response.additionalResponseInformation], [tag, 0]);
  return response.response;
}

/** The unit attention that waits, or nothing. */
function attention(peer: Peer, lun = 0): string {
  peer.command(testUnitReady, { lun });
  const { sense } = peer.ending();
  if (sense !== "") {
    peer.command(testUnitReady, { lun });
    assertEquals(peer.ending().status, 0);
  }
  return sense;
}

/**
 * What each function does to tasks of this session on this unit and on another, and of another session on this unit; and
 * the unit attentions of this session and of the other.
 */
const functions = [
  { name: "ABORT TASK SET", code: abortTaskSet, ends: [true, false, false], attentions: ["", ""] },
  { name: "CLEAR TASK SET", code: clearTaskSet, ends: [true, false, true], attentions: ["", "6/2f/00"] },
  { name: "LOGICAL UNIT RESET", code: logicalUnitReset, ends: [true, false, true], attentions: ["6/29/03", "6/29/03"] },
  { name: "TARGET WARM RESET", code: targetWarmReset, ends: [true, true, true], attentions: ["6/29/02", "6/29/02"] },
] as const;

for (const { name, code, ends, attentions } of functions) {
  for (const immediate of [true, false]) {
    story(`${name} ends the right tasks${immediate ? "" : " in its turn"}, which stay silent`, (house) => {
      const peer = house.session();
      const other = house.session({ isid: 2 });
      const data = pattern(512);
      const tasks = [{ of: peer, lun: 0 }, { of: peer, lun: 1 }, { of: other, lun: 0 }].map(({ of, lun }, place) => {
        of.command(write10(place, 1), { write: 512, lun });
        return { of, request: of.expect(r2t) };
      });
      assertEquals(outcome(peer, manage(peer, code, 0, immediate)), functionComplete);
      other.expectNothing();
      for (const [place, { of, request }] of tasks.entries()) {
        sendSequence(of, request, data);
        if (ends[place] === false) assertEquals(of.ending().status, 0);
        of.expectNothing();
      }
      assertEquals(house.store.calls.length, ends.filter((end, place) => !end && place !== 1).length);
      assertEquals([attention(peer), attention(other)], [...attentions]);
      peer.send(nopOut);
      peer.expect(nopIn);
    });
  }

  story(`${name} is answered when a write in the store is over, and not before`, async (house) => {
    const peer = house.session();
    house.store.holding.add("write");
    peer.command(write10(0, 1), { write: 512, data: pattern(512) });
    const tag = manage(peer, code);
    assertEquals(house.store.waiting, 1);
    peer.expectNothing();
    await house.store.release();
    assertEquals(outcome(peer, tag), functionComplete);
  });

  if (!ends[2]) continue;
  story(`${name} waits for the stuck write of another session, even when that session has gone`, async (house) => {
    const peer = house.session();
    const other = house.session({ isid: 2 });
    house.store.holding.add("write");
    other.command(write10(0, 1), { write: 512, data: pattern(512) });
    const first = manage(peer, code);
    other.end();
    const second = manage(peer, code);
    peer.expectNothing();
    await house.store.release();
    const answered = [peer.expect(taskManagementResponse), peer.expect(taskManagementResponse)];
    assertEquals(answered.map(({ initiatorTaskTag }) => initiatorTaskTag).sort(), [first, second]);
  });
}

for (const code of [abortTaskSet, clearTaskSet, logicalUnitReset]) {
  story(`Function ${code} at a unit that does not exist is answered with ${lunDoesNotExist}`, (house) => {
    const peer = house.session();
    peer.command(write10(0, 1), { write: 512 });
    const request = peer.expect(r2t);
    assertEquals(outcome(peer, manage(peer, code, 7)), lunDoesNotExist);
    sendSequence(peer, request, pattern(512));
    assertEquals(peer.ending().status, 0);
  });
}

story("TARGET COLD RESET ends all tasks, answers, and closes every connection", (house) => {
  const peer = house.session();
  const other = house.session({ isid: 2 });
  const discovery = house.session({ isid: 3, keys: { SessionType: "Discovery", TargetName: undefined } });
  other.command(write10(0, 1), { write: 512 });
  other.expect(r2t);
  const tag = manage(peer, targetColdReset);
  assertEquals(outcome(peer, tag), functionComplete);
  peer.expectEnd();
  other.expectEnd();
  assertEquals(discovery.ended, false);
  const again = house.connect();
  again.logIn();
  assertEquals(attention(again).slice(0, 4), "6/29");
});

for (const code of [abortTaskSet, clearTaskSet, logicalUnitReset]) {
  story(`Function ${code}, immediate, reaches the commands with lower CmdSNs that come after it`, (house) => {
    const peer = house.session();
    const first = peer.cmdSn;
    peer.command(write10(0, 1), { write: 512, cmdSn: first });
    const requests = [peer.expect(r2t)];
    peer.cmdSn = first + 2;
    const tag = manage(peer, code);
    peer.expectNothing();
    peer.command(write10(1, 1), { write: 512, cmdSn: first + 1 });
    for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
      if (answer.name === "taskManagementResponse") {
        assertEquals([answer.values.initiatorTaskTag, answer.values.response], [tag, functionComplete]);
        peer.expectNothing();
        break;
      }
      requests.push(r2t.decode(answer.header) as typeof requests[0]);
    }
    for (const request of requests) sendSequence(peer, request, pattern(512));
    peer.expectNothing();
    assertEquals([house.store.calls, peer.connection.session.tasks.size], [[], 0]);
    peer.send(nopOut, { immediate: true });
    peer.expect(nopIn);
  });
}

story("A target reset does not wait for commands that have not come", (house) => {
  const peer = house.session();
  peer.cmdSn += 2;
  assertEquals(outcome(peer, manage(peer, targetWarmReset)), functionComplete);
});

story("A session that goes while a function waits for commands leaves nothing behind", (house) => {
  const peer = house.session();
  peer.cmdSn += 2;
  manage(peer, logicalUnitReset);
  peer.end();
});

story("The buffer of an aborted task is not used by others while a segment still comes into it", (house) => {
  const peer = house.session();
  const other = house.session({ isid: 2 });
  const length = 65536;
  const tag = peer.command(write10(0, 128), { write: length });
  const { targetTransferTag } = peer.expect(r2t);
  const bytes = peer.pdu(dataOut, { initiatorTaskTag: tag, targetTransferTag }, pattern(length, 3));
  peer.deliver(bytes.subarray(0, 30000));
  assertEquals(outcome(other, manage(other, logicalUnitReset)), functionComplete);
  assertEquals(attention(other), "6/29/03");
  other.command(write10(0, 128), { write: length });
  const request = other.expect(r2t);
  const half = { ...request, desiredDataTransferLength: length };
  other.send(
    dataOut,
    { initiatorTaskTag: half.initiatorTaskTag, targetTransferTag: half.targetTransferTag, final: false },
    pattern(length, 5).subarray(0, 32768),
  );
  peer.deliver(bytes.subarray(30000));
  peer.expectNothing();
  const values = { initiatorTaskTag: half.initiatorTaskTag, targetTransferTag: half.targetTransferTag };
  other.send(dataOut, { ...values, dataSn: 1, bufferOffset: 32768 }, pattern(length, 5).subarray(32768));
  assertEquals(other.ending().status, 0);
  assertEquals(house.store.bytes(0, length), pattern(length, 5));
  assertEquals(attention(peer), "6/29/03");
});

story("A READ that waits for room in the send buffers ends when it is aborted by another session", async (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "262144" } });
  const other = house.session({ isid: 2 });
  peer.stalled = true;
  peer.command(read10(0, 16384), { read: 8 << 20 });
  const tag = manage(other, logicalUnitReset);
  await house.store.release();
  assertEquals(outcome(other, tag), functionComplete);
  assertEquals(peer.connection.session.tasks.size, 0);
});
