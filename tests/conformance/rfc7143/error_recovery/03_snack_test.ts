/**
 * Sending again what the initiator has missed (RFC 7143 §11.16).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason, RESERVED_TAG, snackType } from "../../../../lib/iscsi/constants.ts";
import { dataIn, nopOut, r2t, scsiResponse, snackRequest } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { atLevel, recovering, snackData, snackStatus } from "../../../support/recovery_story.ts";
import { itemStory } from "../../../support/certification.ts";
import { bursts, headersOf, readUnacknowledged, small } from "../../../support/snack_story.ts";

for (const level of [1, 2]) {
  const runs = [
    { items: ["FFP 12.2", "ER 3.2"], name: "one Data-In", begRun: 3, runLength: 1, from: 3, to: 4 },
    { items: ["ER 3.3"], name: "a run of Data-In", begRun: 2, runLength: 4, from: 2, to: 6 },
    { items: ["ER 3.3"], name: "Data-In from a number on", begRun: 5, runLength: 0, from: 5, to: 8 },
    { items: ["FFP 12.3", "ER 3.4"], name: "all Data-In", begRun: 0, runLength: 0, from: 0, to: 8 },
    { items: ["ER 3.2"], name: "the Data-In with the status", begRun: 7, runLength: 1, from: 7, to: 8 },
  ] as const;
  for (const { items, name, begRun, runLength, from, to } of runs) {
    itemStory(items, `At level ${level} ${name} comes again exactly`, (house) => {
      const peer = house.session(atLevel(level, small));
      const { tag, headers } = readUnacknowledged(house, peer);
      assertEquals(headers.length, 8);
      snackData(peer, tag, begRun, runLength);
      assertEquals(headersOf(peer), headers.slice(from, to));
    }, recovering);
  }

  for (const [begRun, runLength] of [[8, 1], [7, 2], [9, 0], [0, 9], [0xffffffff, 1]] as const) {
    itemStory(
      ["FFP 12.4"],
      `At level ${level} a SNACK for ${runLength} from ${begRun} of 8 Data-In is rejected with 4`,
      (house) => {
        const peer = house.session(atLevel(level, small));
        const { tag } = readUnacknowledged(house, peer);
        const { expStatSn } = peer;
        snackData(peer, tag, begRun, runLength);
        assertEquals(peer.rejected(), rejectReason.protocolError);
        peer.expStatSn = expStatSn;
        snackData(peer, tag, 1, 1);
        assertEquals(dataIn.dataSn.get(headersOf(peer)[0] as Uint8Array), 1);
      },
      recovering,
    );
  }
}

itemStory(["FFP 12.1", "ER 3.1"], "An R2T comes again, and a lost one does not hold the WRITE up", (house) => {
  const peer = house.session(atLevel(1));
  const data = pattern(1024);
  const tag = peer.command(write10(0, 2), { write: 1024 });
  const first = peer.expect(r2t);
  for (const [begRun, runLength] of [[0, 1], [0, 0]] as const) {
    snackData(peer, tag, begRun, runLength);
    assertEquals(peer.expect(r2t), first);
  }
  snackData(peer, tag, 1, 1);
  assertEquals(peer.rejected(), rejectReason.protocolError);
  sendSequence(peer, first, data);
  assertEquals(peer.ending(tag).status, 0);
  assertEquals(house.store.bytes(0, 1024), data);
}, recovering);

itemStory(["ER 3.5"], "One status comes again, a run of them, and all", (house) => {
  const peer = house.session(atLevel(1));
  const { expStatSn } = peer;
  for (let i = 0; i < 3; i++) peer.command(testUnitReady, { expStatSn });
  peer.send(nopOut, { expStatSn }, pattern(5));
  const sent = headersOf(peer);
  assertEquals(sent.length, 4);
  for (const [begRun, runLength, from, to] of [[1, 1, 1, 2], [2, 2, 2, 4], [0, 0, 0, 4], [1, 0, 1, 4]] as const) {
    snackStatus(peer, runLength === 0 && begRun === 0 ? 0 : expStatSn + begRun, runLength, expStatSn);
    assertEquals(headersOf(peer), sent.slice(from, to));
  }
  snackStatus(peer, expStatSn + 4, 1, expStatSn);
  assertEquals(peer.rejected(), rejectReason.protocolError);
  snackStatus(peer, expStatSn, 1, expStatSn + 2);
  assertEquals(peer.rejected(), rejectReason.protocolError);
}, recovering);

itemStory(["ER 3.5"], "A lost status with sense data comes again whole", (house) => {
  const peer = house.session(atLevel(1));
  const { expStatSn } = peer;
  peer.command(read10(0x7fffffff, 1), { read: 512 });
  const first = peer.expect(scsiResponse);
  snackStatus(peer, first.statSn, 1, expStatSn);
  assertEquals(peer.expect(scsiResponse), first);
}, recovering);

const badAcknowledgements = [
  { name: "a tag that was never given", values: { targetTransferTag: 0x123 } },
  { name: "more data than was sent", values: { begRun: 9 } },
  { name: "a run", values: { begRun: 2, runLength: 2 } },
];

for (const { name, values } of badAcknowledgements) {
  itemStory(["FFP 14.2"], `A DataACK with ${name} is rejected with 8 and takes one StatSN`, (house) => {
    const peer = house.session(atLevel(1, bursts));
    const { tag, headers } = readUnacknowledged(house, peer);
    const targetTransferTag = dataIn.targetTransferTag.get(headers[5] as Uint8Array);
    const next = peer.expStatSn + 1;
    peer.send(snackRequest, {
      type: snackType.dataAck,
      initiatorTaskTag: RESERVED_TAG,
      targetTransferTag,
      ...values,
    });
    const answer = peer.next();
    assertEquals([answer?.name, answer?.values.reason, answer?.values.statSn], [
      "reject",
      rejectReason.invalidDataAck,
      next,
    ]);
    peer.expStatSn = next - 1;
    snackData(peer, tag);
    assertEquals(headersOf(peer), headers);
  }, recovering);
}
