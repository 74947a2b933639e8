/**
 * Reject with every reason that can occur: items 12.1 to 12.4, 14.2, 14.3 of the full feature phase list (RFC 7143
 * §11.17).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { opcode, rejectReason } from "../../lib/iscsi/constants.ts";
import {
  bhs,
  nopIn,
  nopOut,
  r2t,
  reject,
  snackRequest,
  taskManagementRequest,
  textRequest,
} from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";

/** A session with a WRITE that waits for data, and in it a PDU that is refused. */
const refusals: readonly { name: string; reason: number; send(peer: Peer, busy: number): void }[] = [
  {
    name: "an opcode of no request",
    reason: rejectReason.commandNotSupported,
    send: (peer) => peer.send(nopOut, { opcode: 0x1c }),
  },
  {
    name: "an immediate PDU with an opcode of no request",
    reason: rejectReason.commandNotSupported,
    send: (peer) => peer.send(nopOut, { opcode: 0x3c, immediate: true }),
  },
  {
    name: "an opcode of the target",
    reason: rejectReason.commandNotSupported,
    send: (peer) => peer.send(nopOut, { opcode: opcode.scsiDataIn }),
  },
  {
    name: "a SNACK for data",
    reason: rejectReason.snackReject,
    send: (peer, busy) => peer.send(snackRequest, { initiatorTaskTag: busy, type: 0 }),
  },
  {
    name: "a SNACK for status",
    reason: rejectReason.snackReject,
    send: (peer) => peer.send(snackRequest, { type: 1 }),
  },
  { name: "a DataACK", reason: rejectReason.snackReject, send: (peer) => peer.send(snackRequest, { type: 2 }) },
  {
    name: "a command with a tag that is in use",
    reason: rejectReason.taskInProgress,
    send: (peer, busy) => peer.command(testUnitReady, { initiatorTaskTag: busy }),
  },
  {
    name: "an immediate command with a tag that is in use",
    reason: rejectReason.taskInProgress,
    send: (peer, busy) => peer.command(testUnitReady, { initiatorTaskTag: busy, immediate: true }),
  },
  {
    name: "a command with the reserved tag",
    reason: rejectReason.protocolError,
    send: (peer) => peer.command(testUnitReady, { initiatorTaskTag: 0xffffffff }),
  },
  {
    name: "a task management function with a tag that is in use",
    reason: rejectReason.taskInProgress,
    send: (peer, busy) => peer.send(taskManagementRequest, { function: 5, initiatorTaskTag: busy, immediate: true }),
  },
  {
    name: "a task management function 0",
    reason: rejectReason.invalidPduField,
    send: (peer) => peer.send(taskManagementRequest, { function: 0, immediate: true }),
  },
  {
    name: "a Text Request with the F and C bits",
    reason: rejectReason.protocolError,
    send: (peer) => peer.send(textRequest, { final: true, continued: true }),
  },
  {
    name: "a Text Request with a transfer tag of no exchange",
    reason: rejectReason.invalidPduField,
    send: (peer) => peer.send(textRequest, { targetTransferTag: 5 }),
  },
  {
    name: "an extended CDB of length 0",
    reason: rejectReason.invalidPduField,
    send: (peer) => peer.command(testUnitReady, { pdu: { ahs: Uint8Array.of(0, 0, 1, 0) } }),
  },
];

for (const { name, reason, send } of refusals) {
  story(`Reject ${reason} sends back ${name}, and all else goes on`, (house) => {
    const peer = house.session();
    const busy = peer.command(write10(0, 1), { write: 512 });
    const request = peer.expect(r2t);
    const { expStatSn } = peer;
    send(peer, busy);
    const answer = peer.expect(reject);
    assertEquals([answer.reason, answer.statSn, answer.final], [reason, expStatSn, true]);
    assertEquals([answer.initiatorTaskTag, answer.expCmdSn], [0xffffffff, peer.connection.session.window.expCmdSn]);
    assertEquals(answer.data.length >= bhs.size, true);
    assertEquals(peer.events.at(-1)?.kind, "rejected");
    sendSequence(peer, request, pattern(512));
    assertEquals(peer.ending(busy).status, 0);
    peer.send(nopOut, { immediate: true });
    const ping = peer.expect(nopIn);
    peer.command(testUnitReady, { cmdSn: ping.expCmdSn });
    assertEquals(peer.ending().status, 0);
  });
}

story("A rejected PDU comes back with all its headers, as it was sent", (house) => {
  const peer = house.session();
  const ahs = pattern(40);
  const sent = peer.pdu(nopOut, { opcode: 0x1f }, pattern(10), { ahs });
  peer.deliver(sent);
  assertEquals(peer.expect(reject).data, sent.slice(0, bhs.size + ahs.length));
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
