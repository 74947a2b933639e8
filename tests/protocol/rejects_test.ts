/**
 * What a Reject sends back, and what it does to the window (RFC 7143 §11.17).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { bhs, nopOut, r2t, reject, taskManagementRequest } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { story } from "../support/protocol_harness.ts";

story("A rejected PDU comes back with all its headers, as it was sent", (house) => {
  const peer = house.session();
  const ahs = pattern(40);
  const sent = peer.pdu(nopOut, { opcode: 0x1f }, pattern(10), { ahs });
  peer.deliver(sent);
  assertEquals(peer.expect(reject).data, sent.slice(0, bhs.size + ahs.length));
});

story("What comes back of a rejected PDU is cut to what the initiator takes", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "512" } });
  const sent = peer.pdu(nopOut, { opcode: 0x1f }, undefined, { ahs: pattern(1020) });
  peer.deliver(sent);
  assertEquals(peer.expect(reject).data, sent.slice(0, 512));
});

story("Rejected requests use up a CmdSN, and give their place in the window back", (house) => {
  const peer = house.session();
  const busy = peer.command(write10(0, 1), { write: 512 });
  const request = peer.expect(r2t);
  for (let i = 0; i < 20; i++) {
    peer.command(testUnitReady, { initiatorTaskTag: busy });
    assertEquals(peer.expect(reject).expCmdSn, peer.cmdSn);
  }
  sendSequence(peer, request, pattern(512));
  assertEquals(peer.ending(busy).status, 0);
}, { queueDepth: 4 });

story("More immediate commands than can be kept are rejected", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  let served = 0;
  for (let i = 0; i < 100; i++) peer.command(read10(0, 1), { read: 512, immediate: true });
  for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
    assertEquals([answer.name, answer.values.reason], ["reject", rejectReason.immediateCommandReject]);
    served++;
  }
  await house.store.release();
  for (; served < 100; served++) assertEquals(peer.ending().status, 0);
  peer.command(testUnitReady, { immediate: true });
  assertEquals(peer.ending().status, 0);
});

story("A discovery session serves no commands", (house) => {
  const peer = house.session({ keys: { SessionType: "Discovery", TargetName: undefined } });
  peer.command(testUnitReady);
  assertEquals(peer.rejected(), rejectReason.protocolError);
  peer.command(testUnitReady, { immediate: true });
  assertEquals(peer.rejected(), rejectReason.immediateCommandReject);
  peer.send(taskManagementRequest, { function: 5, immediate: true });
  assertEquals(peer.rejected(), rejectReason.protocolError);
});

story("A WRITE with immediate data whose tag is in use gives the data's buffer back", (house) => {
  const peer = house.session();
  const busy = peer.command(write10(0, 1), { write: 512 });
  const request = peer.expect(r2t);
  const lent = house.pool.lent;
  peer.command(write10(0, 1), { write: 512, data: pattern(512), initiatorTaskTag: busy });
  assertEquals([peer.rejected(), house.pool.lent], [rejectReason.taskInProgress, lent]);
  sendSequence(peer, request, pattern(512));
  assertEquals(peer.ending(busy).status, 0);
});
