/**
 * Sending again what the initiator has missed: items 12.1 to 12.4 and 14.2 of the full feature phase list, and 3.1 to 3.5
 * of the error recovery list (RFC 7143 §11.16).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason, RESERVED_TAG, snackType } from "../../lib/iscsi/constants.ts";
import {
  dataIn,
  nopIn,
  nopOut,
  r2t,
  scsiResponse,
  snackRequest,
  textRequest,
  textResponse,
} from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { join as joined } from "../support/pdu_bytes.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { type ProtocolHarness, story } from "../support/protocol_harness.ts";
import { atLevel, recovering, recoveryStory, snackData, snackStatus } from "../support/recovery_story.ts";

const small = { MaxRecvDataSegmentLength: "512" };

/** Reads eight blocks in segments of 512 bytes without a word of what has come; ExpStatSN stays. */
function readUnacknowledged(
  house: ProtocolHarness,
  peer: Peer,
): { tag: number; headers: Uint8Array[]; data: Uint8Array } {
  const { expStatSn } = peer;
  const data = pattern(4096, 9);
  house.store.write(data, 0);
  const tag = peer.command(read10(0, 8), { read: 4096 });
  const headers = headersOf(peer);
  peer.expStatSn = expStatSn;
  return { tag, headers, data };
}

/** The headers of all answers, without ExpCmdSN and MaxCmdSN, which are those of the moment. */
function headersOf(peer: Peer): Uint8Array[] {
  const headers: Uint8Array[] = [];
  for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
    headers.push(answer.header.fill(0, 28, 36));
  }
  return headers;
}

for (const level of [1, 2]) {
  const runs = [
    { name: "one Data-In", begRun: 3, runLength: 1, from: 3, to: 4 },
    { name: "a run of Data-In", begRun: 2, runLength: 4, from: 2, to: 6 },
    { name: "Data-In from a number on", begRun: 5, runLength: 0, from: 5, to: 8 },
    { name: "all Data-In", begRun: 0, runLength: 0, from: 0, to: 8 },
    { name: "the Data-In with the status", begRun: 7, runLength: 1, from: 7, to: 8 },
  ];
  for (const { name, begRun, runLength, from, to } of runs) {
    story(`At level ${level} ${name} comes again exactly`, (house) => {
      const peer = house.session(atLevel(level, small));
      const { tag, headers } = readUnacknowledged(house, peer);
      assertEquals(headers.length, 8);
      snackData(peer, tag, begRun, runLength);
      assertEquals(headersOf(peer), headers.slice(from, to));
    }, recovering);
  }

  for (const [begRun, runLength] of [[8, 1], [7, 2], [9, 0], [0, 9], [0xffffffff, 1]] as const) {
    story(`At level ${level} a SNACK for ${runLength} from ${begRun} of 8 Data-In is rejected with 4`, (house) => {
      const peer = house.session(atLevel(level, small));
      const { tag } = readUnacknowledged(house, peer);
      const { expStatSn } = peer;
      snackData(peer, tag, begRun, runLength);
      assertEquals(peer.rejected(), rejectReason.protocolError);
      peer.expStatSn = expStatSn;
      snackData(peer, tag, 1, 1);
      assertEquals(dataIn.dataSn.get(headersOf(peer)[0] as Uint8Array), 1);
    }, recovering);
  }
}

recoveryStory("Data that came again has its digests", (house) => {
  const peer = house.session(atLevel(1, { ...small, HeaderDigest: "CRC32C", DataDigest: "CRC32C" }));
  const { tag, headers } = readUnacknowledged(house, peer);
  snackData(peer, tag);
  assertEquals(headersOf(peer), headers);
});

recoveryStory("A SNACK for a command that was acknowledged is rejected with 4", (house) => {
  const peer = house.session(atLevel(1, small));
  const { tag } = readUnacknowledged(house, peer);
  peer.expStatSn++;
  snackData(peer, tag, 0, 1);
  assertEquals(peer.rejected(), rejectReason.protocolError);
});

recoveryStory("A SNACK for a command that does not exist is rejected with 4", (house) => {
  const peer = house.session(atLevel(1));
  snackData(peer, 0x77, 0, 1);
  assertEquals(peer.rejected(), rejectReason.protocolError);
});

story("A SNACK at level 0 is rejected with 3", (house) => {
  const peer = house.session();
  snackStatus(peer);
  assertEquals(peer.rejected(), rejectReason.snackReject);
});

recoveryStory("An R2T comes again, and a lost one does not hold the WRITE up", (house) => {
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
});

recoveryStory("An R2T that was answered does not come again", (house) => {
  const peer = house.session(atLevel(1, { MaxBurstLength: "512", FirstBurstLength: "512" }));
  const tag = peer.command(write10(0, 2), { write: 1024 });
  sendSequence(peer, peer.expect(r2t), pattern(1024));
  const second = peer.expect(r2t);
  snackData(peer, tag, 0, 1);
  assertEquals(peer.rejected(), rejectReason.protocolError);
  snackData(peer, tag, 0, 0);
  assertEquals(peer.expect(r2t), second);
  sendSequence(peer, second, pattern(1024));
  assertEquals(peer.ending(tag).status, 0);
});

recoveryStory("One status comes again, a run of them, and all", (house) => {
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
});

recoveryStory("A lost status with sense data comes again whole", (house) => {
  const peer = house.session(atLevel(1));
  const { expStatSn } = peer;
  peer.command(read10(0x7fffffff, 1), { read: 512 });
  const first = peer.expect(scsiResponse);
  snackStatus(peer, first.statSn, 1, expStatSn);
  assertEquals(peer.expect(scsiResponse), first);
});

recoveryStory("The answer to a ping comes again with its data", (house) => {
  const peer = house.session(atLevel(1));
  const { expStatSn } = peer;
  peer.send(nopOut, {}, pattern(100));
  const first = peer.expect(nopIn);
  snackStatus(peer, 0, 0, expStatSn);
  assertEquals(peer.expect(nopIn), first);
});

recoveryStory("ExpCmdSN and MaxCmdSN of what comes again are those of now", (house) => {
  const peer = house.session(atLevel(1));
  const { expStatSn } = peer;
  peer.command(testUnitReady);
  const first = peer.expect(scsiResponse);
  peer.send(nopOut, { expStatSn });
  const { expCmdSn, maxCmdSn } = peer.expect(nopIn);
  snackStatus(peer, first.statSn, 1, expStatSn);
  assertEquals(peer.expect(scsiResponse), { ...first, expCmdSn, maxCmdSn });
});

const bursts = { ...small, MaxBurstLength: "1024", FirstBurstLength: "512" };

recoveryStory("At the end of a burst the target asks for an acknowledgement, and not more often", (house) => {
  const peer = house.session(atLevel(1, bursts));
  const tag = peer.command(read10(0, 8), { read: 4096, lun: 1 });
  const headers = headersOf(peer);
  assertEquals(headers.map((header) => dataIn.acknowledge.get(header)), [
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
  for (const header of headers) {
    const acknowledge = dataIn.acknowledge.get(header);
    assertEquals(dataIn.targetTransferTag.get(header) !== RESERVED_TAG, acknowledge);
    assertEquals(dataIn.lun.get(header)[1], acknowledge ? 1 : 0);
    assertEquals(dataIn.initiatorTaskTag.get(header), tag);
  }
});

story("At level 0 no acknowledgement is asked for", (house) => {
  const peer = house.session({ keys: bursts });
  peer.command(read10(0, 8), { read: 4096 });
  assertEquals(headersOf(peer).some((header) => dataIn.acknowledge.get(header)), false);
});

recoveryStory("Data that was acknowledged does not come again, the rest does", (house) => {
  const peer = house.session(atLevel(1, bursts));
  const { tag, headers } = readUnacknowledged(house, peer);
  const third = headers[3] as Uint8Array;
  peer.send(snackRequest, {
    type: snackType.dataAck,
    initiatorTaskTag: RESERVED_TAG,
    targetTransferTag: dataIn.targetTransferTag.get(headers[5] as Uint8Array),
    lun: dataIn.lun.get(third),
    begRun: 4,
  });
  peer.expectNothing();
  snackData(peer, tag);
  assertEquals(headersOf(peer), headers.slice(4));
  snackData(peer, tag, 3, 1);
  assertEquals(peer.rejected(), rejectReason.protocolError);
});

const badAcknowledgements = [
  { name: "a tag that was never given", values: { targetTransferTag: 0x123 } },
  { name: "more data than was sent", values: { begRun: 9 } },
  { name: "a run", values: { begRun: 2, runLength: 2 } },
];

for (const { name, values } of badAcknowledgements) {
  recoveryStory(`A DataACK with ${name} is rejected with 8 and takes one StatSN`, (house) => {
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
  });
}

recoveryStory("A SNACK of a type that does not exist is rejected with 9", (house) => {
  const peer = house.session(atLevel(1));
  peer.send(snackRequest, { type: 7 });
  assertEquals(peer.rejected(), rejectReason.invalidPduField);
});

/** Declares another MaxRecvDataSegmentLength by Text. */
function declare(peer: Peer, length: number): void {
  const { expStatSn } = peer;
  const text = new TextEncoder().encode(`MaxRecvDataSegmentLength=${length}\0`);
  peer.send(textRequest, { expStatSn }, text);
  peer.expect(textResponse);
  peer.expStatSn = expStatSn;
}

recoveryStory("With a smaller segment the data comes again cut anew, and the status with the SNACK Tag", (house) => {
  const peer = house.session(atLevel(1, { MaxRecvDataSegmentLength: "2048" }));
  const { tag, headers, data } = readUnacknowledged(house, peer);
  assertEquals(headers.length, 2);
  const { statSn } = dataIn.decode(headers[1] as Uint8Array);
  declare(peer, 1024);
  snackData(peer, tag, 0, 1);
  assertEquals(peer.rejected(), rejectReason.protocolError);
  peer.expStatSn = statSn;
  for (const targetTransferTag of [0x4711, 0x4712]) {
    peer.send(snackRequest, { type: snackType.rData, initiatorTaskTag: tag, targetTransferTag, expStatSn: statSn });
    const pieces = [0, 1, 2, 3].map(() => peer.expect(dataIn));
    assertEquals(pieces.map(({ dataSn, bufferOffset, final, hasStatus }) => [dataSn, bufferOffset, final, hasStatus]), [
      [0, 0, false, false],
      [1, 1024, false, false],
      [2, 2048, false, false],
      [3, 3072, true, false],
    ]);
    assertEquals(joined(pieces.map((piece) => piece.data)), data);
    const response = peer.expect(scsiResponse);
    assertEquals(
      [response.snackTag, response.statSn, response.status, response.expDataSn],
      [targetTransferTag, statSn, 0, 4],
    );
  }
  snackStatus(peer, statSn, 1, statSn);
  assertEquals(peer.expect(scsiResponse).snackTag, 0x4712);
});

recoveryStory("A READ that still runs goes on behind what came again, and ends with the SNACK Tag", async (house) => {
  const peer = house.session(atLevel(1, { MaxRecvDataSegmentLength: "1024" }));
  house.store.write(pattern(4096, 5), 0);
  const { expStatSn } = peer;
  house.store.holding.add("read");
  const tag = peer.command(read10(0, 8), { read: 4096 });
  await house.store.release(1);
  await house.store.release(1);
  const before = headersOf(peer).length;
  declare(peer, 512);
  peer.send(snackRequest, { type: snackType.rData, initiatorTaskTag: tag, targetTransferTag: 5, expStatSn });
  await house.store.release();
  const pieces: Uint8Array[] = [];
  let dataSn = 0;
  for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
    if (answer.name !== "dataIn") {
      const { snackTag, status, expDataSn } = scsiResponse.decode(answer.header);
      assertEquals([snackTag, status, expDataSn], [5, 0, dataSn]);
      break;
    }
    assertEquals([answer.values.dataSn, answer.values.hasStatus], [dataSn++, false]);
    pieces.push(answer.data);
  }
  assertEquals([before > 0, joined(pieces)], [true, pattern(4096, 5)]);
});
