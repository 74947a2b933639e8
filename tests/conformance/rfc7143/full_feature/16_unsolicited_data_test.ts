/**
 * Unsolicited data (RFC 7143 §13.10, §13.14).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { dataOut, r2t } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { itemStory } from "../../../support/certification.ts";

/** Unsolicited data after InitialR2T=No: immediate bytes, bytes that follow unasked, and the R2Ts for the rest. */
const unasked = [
  { length: 4096, immediate: 0, follows: 2048, asked: [2048] },
  { length: 4096, immediate: 512, follows: 1536, asked: [2048] },
  { length: 4096, immediate: 2048, follows: 0, asked: [2048] },
  { length: 1024, immediate: 0, follows: 1024, asked: [] },
  { length: 1024, immediate: 512, follows: 512, asked: [] },
] as const;

for (const { length, immediate, follows, asked } of unasked) {
  itemStory(
    ["FFP 16.3.5"],
    `WRITE of ${length} bytes with ${immediate} immediate and ${follows} unasked ones arrives whole`,
    (house) => {
      const peer = house.session({ keys: { InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: "2048" } });
      const data = pattern(length);
      const tag = peer.command(write10(0, length / 512), {
        ...{ write: length, data: data.subarray(0, immediate), final: follows === 0 },
      });
      const end = immediate + follows;
      for (let at = immediate, dataSn = 0; at < end; at += 512, dataSn++) {
        peer.expectNothing();
        const values = { initiatorTaskTag: tag, bufferOffset: at, dataSn, final: at + 512 >= end };
        peer.send(dataOut, values, data.subarray(at, Math.min(at + 512, end)));
      }
      for (const offset of asked) {
        const request = peer.expect(r2t);
        assertEquals([request.r2tSn, request.bufferOffset], [0, offset]);
        sendSequence(peer, request, data);
      }
      assertEquals(peer.ending(tag).status, 0);
      assertEquals(house.store.bytes(0, length), data);
    },
    { local: { initialR2T: false } },
  );
}

for (const final of [false, true]) {
  itemStory(["FFP 16.3.1"], `512 bytes immediate of 1024, with F ${final ? 1 : 0}: the rest is asked for`, (house) => {
    const keys = { InitialR2T: "Yes", ImmediateData: "Yes", FirstBurstLength: "512" };
    const peer = house.session({ keys });
    const data = pattern(1024);
    const tag = peer.command(write10(0, 2), { write: 1024, data: data.subarray(0, 512), final });
    const request = peer.expect(r2t);
    assertEquals([request.bufferOffset, request.desiredDataTransferLength], [512, 512]);
    sendSequence(peer, request, data);
    assertEquals(peer.ending(tag).status, 0);
    assertEquals(house.store.bytes(0, 1024), data);
  });
}
