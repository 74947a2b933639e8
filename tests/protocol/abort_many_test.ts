/**
 * Task management functions that reach many tasks, beyond what laboratories check: units that are not there, sessions that
 * go, buffers in use (RFC 7143 §4.2.3.3, §11.5.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { taskManagementFunction, taskManagementOutcome } from "../../lib/iscsi/constants.ts";
import { dataOut, r2t } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { story } from "../support/protocol_harness.ts";
import { attention, manage, outcome } from "../support/managing.ts";

const { abortTaskSet, clearTaskSet, logicalUnitReset, targetWarmReset } = taskManagementFunction;

const { functionComplete, lunDoesNotExist } = taskManagementOutcome;

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
