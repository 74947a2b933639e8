/**
 * ABORT TASK of commands in every state (RFC 7143 §11.5.1, §11.6.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementFunction, taskManagementOutcome } from "../../lib/iscsi/constants.ts";
import { dataOut, nopIn, nopOut, r2t, taskManagementRequest, taskManagementResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { story } from "../support/protocol_harness.ts";
import { abort, outcome } from "../support/managing.ts";

const { functionComplete, taskDoesNotExist } = taskManagementOutcome;

story("ABORT TASK ends a WRITE that has some of its data", (house) => {
  const peer = house.session();
  const tag = peer.command(write10(0, 2), { write: 1024 });
  const { targetTransferTag } = peer.expect(r2t);
  peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag, final: false }, pattern(512));
  assertEquals(outcome(peer, abort(peer, tag, peer.cmdSn - 1)), functionComplete);
  peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag, dataSn: 1, bufferOffset: 512 }, pattern(512));
  peer.expectNothing();
  assertEquals(house.store.calls, []);
});

for (const operation of ["write", "read"] as const) {
  story(`ABORT TASK of a ${operation} in the store is answered when that is over, and not before`, async (house) => {
    const peer = house.session();
    house.store.holding.add(operation);
    const refCmdSn = peer.cmdSn;
    const tag = operation === "write"
      ? peer.command(write10(0, 1), { write: 512, data: pattern(512) })
      : peer.command(read10(0, 1), { read: 512 });
    const first = abort(peer, tag, refCmdSn);
    const second = abort(peer, tag, refCmdSn);
    peer.send(nopOut, { immediate: true }, pattern(3));
    assertEquals(peer.expect(nopIn).data, pattern(3));
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
    peer.expectNothing();
    await house.store.release();
    const answered = [peer.expect(taskManagementResponse), peer.expect(taskManagementResponse)];
    assertEquals(answered.map(({ initiatorTaskTag }) => initiatorTaskTag).sort(), [first, second]);
    assertEquals(answered.map(({ response }) => response), [functionComplete, functionComplete]);
    peer.expectNothing();
  });
}

story("The place of an aborted command in the window is free again", (house) => {
  const peer = house.session();
  for (let i = 0; i < 8; i++) {
    const tag = peer.command(write10(0, 1), { write: 512 });
    peer.expect(r2t);
    assertEquals(outcome(peer, abort(peer, tag, peer.cmdSn - 1)), functionComplete);
  }
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
}, { queueDepth: 2 });

story("ABORT TASK of the next command, which has not come, lets the ones after it run", (house) => {
  const peer = house.session();
  const missing = peer.cmdSn;
  const held = peer.command(write10(1, 1), { write: 512, data: pattern(512), cmdSn: missing + 1 });
  peer.cmdSn = missing + 2;
  const tag = abort(peer, 0xdeadbeef, missing);
  assertEquals(outcome(peer, tag), functionComplete);
  assertEquals(peer.ending(held).status, 0);
  peer.command(write10(0, 1), { write: 512, data: pattern(512), cmdSn: missing });
  peer.expectNothing();
  assertEquals(house.store.calls, ["write 512 512"]);
});

story("ABORT TASK of a command further on, which has not come, keeps it from running when it comes", (house) => {
  const peer = house.session();
  const first = peer.cmdSn;
  peer.cmdSn = first + 3;
  assertEquals(outcome(peer, abort(peer, 0xdeadbeef, first + 1)), functionComplete);
  const data = pattern(512);
  peer.command(write10(1, 1), { write: 512, data, cmdSn: first + 1 });
  peer.command(write10(2, 1), { write: 512, data, cmdSn: first + 2 });
  peer.expectNothing();
  peer.command(write10(0, 1), { write: 512, data, cmdSn: first });
  assertEquals([peer.ending().status, peer.ending().status], [0, 0]);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.calls, ["write 0 512", "write 1024 512"]);
});

story("ABORT TASK of a command that waits for its turn keeps it from running", (house) => {
  const peer = house.session();
  const first = peer.cmdSn;
  const data = pattern(512);
  const held = peer.command(write10(1, 1), { write: 512, data, cmdSn: first + 1 });
  peer.cmdSn = first + 2;
  assertEquals(outcome(peer, abort(peer, held, first + 1)), functionComplete);
  peer.command(write10(0, 1), { write: 512, data, cmdSn: first });
  assertEquals(peer.ending().status, 0);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.calls, ["write 0 512"]);
});

story("ABORT TASK cannot end a task management function", async (house) => {
  const peer = house.session();
  house.store.holding.add("write");
  const refCmdSn = peer.cmdSn;
  const written = peer.command(write10(0, 1), { write: 512, data: pattern(512) });
  const first = abort(peer, written, refCmdSn);
  assertEquals(outcome(peer, abort(peer, first, refCmdSn - 1)), taskDoesNotExist);
  await house.store.release();
  assertEquals(outcome(peer, first), functionComplete);
});

story("ABORT TASK ends no task of another session with the same tag", (house) => {
  const peer = house.session();
  const other = house.session({ isid: 2 });
  const tag = peer.command(write10(0, 1), { write: 512, initiatorTaskTag: 77 });
  const request = peer.expect(r2t);
  assertEquals(outcome(other, abort(other, tag, other.cmdSn - 1)), taskDoesNotExist);
  sendSequence(peer, request, pattern(512));
  assertEquals(peer.ending(tag).status, 0);
});

const refused = [
  { name: "CLEAR ACA", code: taskManagementFunction.clearAca, response: taskManagementOutcome.functionNotSupported },
  { name: "TASK REASSIGN", code: 8, response: taskManagementOutcome.reassignmentNotSupported },
  { name: "function 99", code: 99, response: taskManagementOutcome.functionNotSupported },
];

for (const { name, code, response } of refused) {
  story(`${name} is refused with response ${response}`, (house) => {
    const peer = house.session();
    const tag = peer.send(taskManagementRequest, { function: code, immediate: true });
    assertEquals(outcome(peer, tag), response);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}
