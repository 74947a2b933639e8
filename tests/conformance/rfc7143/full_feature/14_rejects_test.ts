/**
 * PDUs that are rejected (RFC 7143 §11.17).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import { opcode, rejectReason } from "../../../../lib/iscsi/constants.ts";
import {
  bhs,
  nopIn,
  nopOut,
  r2t,
  reject,
  snackRequest,
  taskManagementRequest,
  textRequest,
} from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import type { Peer } from "../../../support/protocol_peer.ts";
import { itemStory } from "../../../support/certification.ts";

/** A session with a WRITE that waits for data, and in it a PDU that is refused. */
const refusals: readonly {
  items?: readonly ItemId[];
  name: string;
  reason: number;
  send(peer: Peer, busy: number): void;
}[] = [
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
    items: ["FFP 12.2", "FFP 14.3"],
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
    items: ["LIO 2026-04"],
    name: "an extended CDB of length 0",
    reason: rejectReason.invalidPduField,
    send: (peer) => peer.command(testUnitReady, { pdu: { ahs: Uint8Array.of(0, 0, 1, 0) } }),
  },
];

for (const { items = [], name, reason, send } of refusals) {
  itemStory(items, `Reject ${reason} sends back ${name}, and all else goes on`, (house) => {
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
