/**
 * Little memory, slow readers and limits that are close: what is promised is kept, and everything comes to its end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dataOut, nopIn, nopOut, r2t } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { settle } from "../support/held_store.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { story } from "../support/protocol_harness.ts";

/** Room for next to nothing. */
const tiny = { pool: { limit: 300_000 } };
const keys = { MaxRecvDataSegmentLength: "262144", MaxBurstLength: "262144", ImmediateData: "Yes" };

/** Answers every R2T until nothing more comes; counts the commands that ended well. */
async function drive(peer: Peer, data: Uint8Array): Promise<number> {
  let good = 0;
  for (let idle = 0; idle < 3; idle++) {
    await settle();
    peer.flush();
    for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
      idle = 0;
      if (answer.name === "r2t") sendSequence(peer, r2t.decode(answer.header), data, 65536);
      else if (answer.name === "scsiResponse" || answer.values.hasStatus) good += answer.values.status === 0 ? 1 : 0;
    }
  }
  return good;
}

story("Writes of several sessions all end when the pool holds one buffer", async (house) => {
  const data = pattern(1 << 20);
  const peers = [1, 2, 3].map((isid) => house.session({ isid, keys }));
  for (const peer of peers) for (let i = 0; i < 8; i++) peer.command(write10(0, 2048), { write: data.length });
  for (const peer of peers) assertEquals(await drive(peer, data), 8);
  assertEquals(house.store.bytes(0, data.length), data);
}, tiny);

story("Reads of several sessions all end when the pool holds one buffer", async (house) => {
  const data = pattern(2 << 20);
  house.store.write(data, 0);
  const peers = [1, 2, 3].map((isid) => house.session({ isid, keys }));
  for (const peer of peers) peer.stalled = true;
  for (const peer of peers) for (let i = 0; i < 4; i++) peer.command(read10(0, 4096), { read: data.length });
  for (const peer of peers) {
    peer.stalled = false;
    assertEquals(await drive(peer, data), 4);
  }
}, tiny);

story("A reader that takes nothing does not keep others from reading and writing", async (house) => {
  const slow = house.session({ isid: 1, keys });
  const peer = house.session({ isid: 2, keys });
  slow.stalled = true;
  for (let i = 0; i < 16; i++) slow.command(read10(0, 4096), { read: 2 << 20 });
  await settle();
  const data = pattern(524288);
  peer.command(write10(0, 1024), { write: data.length });
  peer.command(read10(0, 1024), { read: data.length });
  assertEquals(await drive(peer, data), 2);
  slow.end();
  await settle();
}, tiny);

story("Commands with data that come while the pool is empty keep their immediate data", async (house) => {
  const peer = house.session({ keys });
  const data = pattern(8192);
  house.store.holding.add("write");
  for (let i = 0; i < 32; i++) peer.command(write10(i * 16, 16), { write: 8192, data });
  peer.send(nopOut, { immediate: true }, pattern(100));
  assertEquals(peer.expect(nopIn).data, pattern(100));
  await house.store.release();
  for (let i = 0; i < 32; i++) {
    assertEquals(peer.ending().status, 0);
    assertEquals(house.store.bytes(i * 8192, 8192), data);
  }
}, tiny);

story("A command that wants all of its data at once gets it, in several bursts", async (house) => {
  const peer = house.session({ keys: { ...keys, MaxBurstLength: "65536" } });
  const data = pattern(262144);
  house.store.write(data, 0);
  const verify = Uint8Array.of(0x2f, 2, 0, 0, 0, 0, 0, 2, 0, 0);
  peer.command(verify, { write: data.length });
  assertEquals(await drive(peer, data), 1);
});

/** Limits of ours, as far down and up as they go. */
const limits = [
  { name: "the smallest", local: { maxRecvDataSegmentLength: 512, maxBurstLength: 512, firstBurstLength: 512 } },
  { name: "odd ones", local: { maxRecvDataSegmentLength: 1001, maxBurstLength: 4099, firstBurstLength: 777 } },
  {
    name: "the largest",
    local: { maxRecvDataSegmentLength: 1048576, maxBurstLength: 16777215, firstBurstLength: 262144 },
  },
];

for (const { name, local } of limits) {
  story(`Data of every size goes both ways with ${name} limits`, async (house) => {
    const big = "16777215";
    const peer = house.session({
      keys: { MaxRecvDataSegmentLength: big, MaxBurstLength: big, FirstBurstLength: big, InitialR2T: "No" },
    });
    const { maxRecvDataSegmentLength: segment } = local;
    for (const blocks of [1, 2, 7, 64, 2000]) {
      const data = pattern(blocks * 512, blocks);
      const first = Math.min(local.firstBurstLength, segment, data.length, 8 << 20);
      peer.command(write10(0, blocks), { write: data.length, data: data.subarray(0, first) });
      for (let turn = 0; turn < 4096 && peer.connection.session.tasks.size > 0; turn++) {
        await settle();
        const answer = peer.next();
        if (answer === undefined) continue;
        if (answer.name !== "r2t") throw new Error(`Cannot go on: there is ${answer.name}`);
        sendSequence(peer, r2t.decode(answer.header), data, segment);
      }
      assertEquals(peer.ending().status, 0);
      peer.command(read10(0, blocks), { read: data.length });
      while (peer.connection.session.tasks.size > 0) await settle();
      assertEquals(peer.ending().data, data);
    }
    const length = Math.min(segment, 4 << 20);
    peer.send(nopOut, { immediate: true }, pattern(length));
    assert(peer.expect(nopIn).data.length <= length);
  }, { local });
}

story("A Data-Out of one byte, 512 times, is a block", (house) => {
  const peer = house.session({ keys });
  const data = pattern(512);
  peer.command(write10(0, 1), { write: 512 });
  sendSequence(peer, peer.expect(r2t), data, 1);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, 512), data);
});

story("A data segment that is longer than was declared ends the connection", (house) => {
  const peer = house.session({ keys });
  const tag = peer.command(write10(0, 1024), { write: 524288 });
  const { targetTransferTag } = peer.expect(r2t);
  peer.send(dataOut, { initiatorTaskTag: tag, targetTransferTag }, pattern(262148));
  peer.expectEnd();
  const other = house.session({ isid: 2 });
  other.command(testUnitReady);
  assertEquals(other.ending().status, 0);
});
