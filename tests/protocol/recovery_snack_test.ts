/**
 * Acknowledgements, R-Data SNACK, and SNACKs for what is not there (RFC 7143 §11.16).
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
import { story } from "../support/protocol_harness.ts";
import { atLevel, recoveryStory, snackData, snackStatus } from "../support/recovery_story.ts";
import { bursts, headersOf, readUnacknowledged, small } from "../support/snack_story.ts";

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

for (const { length, most } of [{ length: 0, most: 17_000 }, { length: 65_536, most: 500 }]) {
  recoveryStory(`An initiator that acknowledges no ping of ${length} bytes is given up`, (house) => {
    const peer = house.session(atLevel(1, { MaxRecvDataSegmentLength: "65536" }));
    const { expStatSn } = peer;
    const ping = pattern(length);
    let sent = 0;
    for (; !peer.ended && sent < most; sent++) {
      peer.send(nopOut, { immediate: true, expStatSn }, ping);
      peer.next();
    }
    assertEquals(peer.ended, true);
    assertEquals(
      String(peer.error),
      "ConnectionError: Cannot go on: the initiator does not acknowledge what it was sent",
    );
    assertEquals(sent > 2 * peer.connection.session.window.depth, true);
  });
}
