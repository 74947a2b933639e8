/**
 * R2Ts and the data that answers them (RFC 7143 §11.7, §11.8).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Values } from "../../../../lib/bytes/layout.ts";
import { dataOut, r2t, scsiResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern, write10 } from "../../../support/cdbs.ts";
import { sendSequence } from "../../../support/data_sequence.ts";
import { itemStory } from "../../../support/certification.ts";

const keys = { InitialR2T: "Yes", ImmediateData: "Yes" };

/** Writes and what is asked for: offset and length of each R2T. */
const transfers = [
  { name: "nothing but R2Ts", length: 20480, immediate: 0, keys: { MaxBurstLength: "8192" }, asked: [0, 8192, 16384] },
  { name: "one R2T for all", length: 8192, immediate: 0, keys: {}, asked: [0] },
  { name: "some immediate data", length: 8192, immediate: 512, keys: {}, asked: [512] },
  { name: "all the data immediate", length: 8192, immediate: 8192, keys: {}, asked: [] },
  { name: "immediate data of odd length", length: 2048, immediate: 513, keys: {}, asked: [513] },
  {
    name: "bursts that are no multiple of 4",
    length: 2048,
    immediate: 0,
    keys: { MaxBurstLength: "999" },
    asked: [0, 999, 1998],
  },
  { name: "more than one buffer", length: 1 << 20, immediate: 4096, keys: {}, asked: [4096, 262144, 524288, 786432] },
  {
    name: "bursts over buffers",
    length: 524288,
    immediate: 0,
    keys: { MaxBurstLength: "200000" },
    asked: [0, 200000, 262144, 462144],
  },
] as const;

for (const { name, length, immediate, keys: more, asked } of transfers) {
  for (const cut of [Infinity, 1000]) {
    itemStory(
      ["FFP 4.1", "FFP 10.1", "FFP 16.3.3"],
      `WRITE with ${name} arrives whole, in reads of ${cut} bytes`,
      async (house) => {
        const data = pattern(length);
        const peer = house.session({ keys: { ...keys, ...more } });
        peer.cut = cut;
        const { statSn } = peer.connection;
        const tag = peer.command(write10(8, length / 512), { write: length, data: data.subarray(0, immediate) });
        for (const [sn, offset] of asked.entries()) {
          const request = peer.expect(r2t);
          assertEquals([request.initiatorTaskTag, request.r2tSn, request.bufferOffset], [tag, sn, offset]);
          assertEquals(request.desiredDataTransferLength, (asked[sn + 1] ?? length) - offset);
          assertEquals([request.final, request.statSn, request.lun], [true, statSn, new Uint8Array(8)]);
          assert(request.targetTransferTag !== 0xffffffff);
          peer.expectNothing();
          sendSequence(peer, request, data, 65536);
        }
        await Promise.resolve();
        const response = peer.expect(scsiResponse);
        assertEquals([response.status, response.statSn, response.expDataSn], [0, statSn, asked.length]);
        assertEquals([response.overflow, response.underflow, response.residualCount], [false, false, 0]);
        assertEquals(house.store.bytes(8 * 512, length), data);
      },
    );
  }
}

itemStory(["FFP 8.1"], "An R2T has the LUN of its command", (house) => {
  const peer = house.session();
  const data = pattern(512);
  peer.command(write10(0, 1), { write: 512, lun: 1 });
  const request = peer.expect(r2t);
  assertEquals(request.lun, Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0));
  sendSequence(peer, request, data);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.second.bytes(0, 512), data);
});

itemStory(["FFP 9.3.2", "WIN 25"], "A Data-Out may have any LUN, and may be empty", (house) => {
  const peer = house.session();
  const data = pattern(1024);
  const tag = peer.command(write10(0, 2), { write: 1024 });
  const { targetTransferTag } = peer.expect(r2t);
  const part = (dataSn: number, at: number, bytes: Uint8Array, final: boolean) => {
    const lun = new Uint8Array(8).fill(0xee);
    peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag, dataSn, bufferOffset: at, final, lun }, bytes);
  };
  part(0, 0, data.subarray(0, 512), false);
  part(1, 512, new Uint8Array(0), false);
  part(2, 512, data.subarray(512), false);
  peer.expectNothing();
  part(3, 1024, new Uint8Array(0), true);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, 1024), data);
});

itemStory(
  ["FFP 4.1", "FFP 10.1"],
  "As many R2Ts are outstanding as MaxOutstandingR2T allows, and their data may come in any order",
  async (house) => {
    const peer = house.session({ keys: { ...keys, MaxOutstandingR2T: "3", MaxBurstLength: "262144" } });
    const data = pattern(5 * 262144);
    peer.command(write10(0, data.length / 512), { write: data.length });
    const first = [peer.expect(r2t), peer.expect(r2t), peer.expect(r2t)];
    peer.expectNothing();
    assertEquals(first.map(({ bufferOffset }) => bufferOffset / 262144), [0, 1, 2]);
    for (const place of [2, 0, 1]) sendSequence(peer, first[place] as Values<typeof r2t.fields>, data, 262144);
    const rest = [peer.expect(r2t), peer.expect(r2t)];
    assertEquals(rest.map(({ r2tSn, bufferOffset }) => [r2tSn, bufferOffset / 262144]), [[3, 3], [4, 4]]);
    assertEquals(new Set([...first, ...rest].map(({ targetTransferTag }) => targetTransferTag)).size, 5);
    for (const request of rest.reverse()) sendSequence(peer, request, data, 262144);
    await Promise.resolve();
    assertEquals(peer.ending().status, 0);
    assertEquals(house.store.bytes(0, data.length), data);
  },
);
