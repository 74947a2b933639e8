/**
 * Data to the target as it should be: items 4.1, 8.1, 9.3.2, 10.1, 16.3.1, 16.3.3 and 16.3.5 of the full feature phase
 * list (RFC 7143 §11.7, §11.8).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Values } from "../../lib/bytes/layout.ts";
import { dataOut, r2t, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { story } from "../support/protocol_harness.ts";

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
    story(`WRITE with ${name} arrives whole, in reads of ${cut} bytes`, async (house) => {
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
    });
  }
}

story("An R2T has the LUN of its command", (house) => {
  const peer = house.session();
  const data = pattern(512);
  peer.command(write10(0, 1), { write: 512, lun: 1 });
  const request = peer.expect(r2t);
  assertEquals(request.lun, Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0));
  sendSequence(peer, request, data);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.second.bytes(0, 512), data);
});

story("A Data-Out may have any LUN, and may be empty", (house) => {
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

story(
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

story("The data of two commands may be mixed", (house) => {
  const peer = house.session({ keys });
  const [one, two] = [pattern(1024, 1), pattern(1024, 2)];
  const first = peer.command(write10(0, 2), { write: 1024 });
  const second = peer.command(write10(2, 2), { write: 1024 });
  const tags = [peer.expect(r2t).targetTransferTag, peer.expect(r2t).targetTransferTag];
  for (const [part, offset] of [0, 512].entries()) {
    for (const [which, tag] of [first, second].entries()) {
      const data = (which === 0 ? one : two).subarray(offset, offset + 512);
      const targetTransferTag = tags[which] as number;
      const values = { initiatorTaskTag: tag, targetTransferTag, dataSn: part, bufferOffset: offset };
      peer.send(dataOut, { ...values, final: part === 1 }, data);
    }
  }
  assertEquals([peer.ending(first).status, peer.ending(second).status], [0, 0]);
  assertEquals([house.store.bytes(0, 1024), house.store.bytes(1024, 1024)], [one, two]);
});

/** Unsolicited data after InitialR2T=No: immediate bytes, bytes that follow unasked, and the R2Ts for the rest. */
const unasked = [
  { length: 4096, immediate: 0, follows: 2048, asked: [2048] },
  { length: 4096, immediate: 512, follows: 1536, asked: [2048] },
  { length: 4096, immediate: 2048, follows: 0, asked: [2048] },
  { length: 1024, immediate: 0, follows: 1024, asked: [] },
  { length: 1024, immediate: 512, follows: 512, asked: [] },
] as const;

for (const { length, immediate, follows, asked } of unasked) {
  story(`WRITE of ${length} bytes with ${immediate} immediate and ${follows} unasked ones arrives whole`, (house) => {
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
  }, { local: { initialR2T: false } });
}

story("The F bit of a WRITE means nothing where only R2Ts bring data", (house) => {
  const peer = house.session({ keys });
  const data = pattern(1024);
  peer.command(write10(0, 2), { write: 1024, data: data.subarray(0, 512), final: false });
  sendSequence(peer, peer.expect(r2t), data);
  assertEquals(peer.ending().status, 0);
});

/** The initiator's EDTL against what the CDB names. */
const residuals = [
  { name: "more than the CDB names, immediate", expected: 2048, blocks: 1, immediate: 2048, residual: -1536 },
  { name: "more than the CDB names, on request", expected: 2048, blocks: 1, immediate: 0, residual: -1536 },
  { name: "less than the CDB names, immediate", expected: 512, blocks: 3, immediate: 512, residual: 1024 },
  { name: "less than the CDB names, on request", expected: 512, blocks: 3, immediate: 0, residual: 1024 },
  { name: "some for a CDB that names nothing", expected: 512, blocks: 0, immediate: 512, residual: -512 },
  { name: "nothing", expected: 0, blocks: 2, immediate: 0, residual: 1024 },
] as const;

for (const { name, expected, blocks, immediate, residual } of residuals) {
  story(`WRITE with ${name} has the residual ${residual}`, (house) => {
    const peer = house.session({ keys });
    const data = pattern(2048);
    peer.command(write10(0, blocks), { write: expected, data: data.subarray(0, immediate) });
    const moved = Math.min(expected, blocks * 512);
    if (immediate === 0 && moved > 0) {
      const request = peer.expect(r2t);
      assertEquals(request.desiredDataTransferLength, moved);
      sendSequence(peer, request, data);
    }
    const ending = peer.ending();
    assertEquals([ending.status, ending.residual], [0, residual]);
    assertEquals(house.store.bytes(0, moved), data.slice(0, moved));
    assertEquals(house.store.bytes(moved, 512), new Uint8Array(512));
  });
}

story("Unasked data beyond what the CDB names is taken and forgotten", (house) => {
  const peer = house.session({ keys: { InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: "4096" } });
  const data = pattern(4096);
  const tag = peer.command(write10(0, 1), { write: 4096, data: data.subarray(0, 1024), final: false });
  peer.send(dataOut, { initiatorTaskTag: tag, bufferOffset: 1024, dataSn: 0 }, data.subarray(1024));
  const ending = peer.ending(tag);
  assertEquals([ending.status, ending.residual], [0, -3584]);
  assertEquals(house.store.bytes(0, 1024), Uint8Array.of(...data.subarray(0, 512), ...new Uint8Array(512)));
}, { local: { initialR2T: false } });
