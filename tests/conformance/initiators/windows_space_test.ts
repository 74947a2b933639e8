/**
 * Thin disks under Windows: blocks that are given back, and space that gets short.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { readU16, readU32 } from "../../../lib/bytes/layout.ts";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import { OutOfSpaceError } from "../../../lib/store/errors.ts";
import type { StoreSpace } from "../../../lib/store/store.ts";
import { ask, get, give, outcomeOf, sessionWith } from "../../support/asking.ts";
import { itemStory } from "../../support/certification.ts";
import { pattern, write10 } from "../../support/cdbs.ts";
import { sendSequence } from "../../support/data_sequence.ts";
import { rest } from "../../support/held_store.ts";

itemStory(["WIN 43"], "UNMAP takes many ranges, GET LBA STATUS sees them, and the pages agree", async (house) => {
  const peer = house.session();
  const limits = await get(peer, "12 01 b0 00 40 00", 64);
  const provisioning = await get(peer, "12 01 b2 00 40 00", 64);
  const capacity = await get(peer, "9e 10 0000000000000000 00000020 00 00", 32);
  assert(readU32(limits, 20) > 0 && readU32(limits, 24) > 1);
  assertEquals([(provisioning[5] ?? 0) & 0x80, (provisioning[6] ?? 0) & 7], [0x80, 2]);
  assertEquals([(capacity[14] ?? 0) & 0x80, (capacity[14] ?? 0) & 0x40], [
    0x80,
    (provisioning[5] ?? 0) & 0x04 ? 0x40 : 0,
  ]);
  house.store.write(pattern(1 << 20), 0);
  const ranges = 200;
  const list = new Uint8Array(8 + ranges * 16);
  const view = new DataView(list.buffer);
  view.setUint16(0, list.length - 2);
  view.setUint16(2, ranges * 16);
  for (let i = 0; i < ranges; i++) {
    view.setUint32(8 + i * 16 + 4, i * 8);
    view.setUint32(8 + i * 16 + 8, 8);
  }
  const length = list.length.toString(16).padStart(4, "0");
  assertEquals(outcomeOf(await give(peer, `42 00 00000000 00 ${length} 00`, list)), "good");
  assertEquals(house.store.bytes(0, ranges * 4096), new Uint8Array(ranges * 4096));
  assertEquals(house.store.bytes(ranges * 4096, 512), pattern(1 << 20).slice(ranges * 4096, ranges * 4096 + 512));
  const status = await get(peer, "9e 12 0000000000000000 00000018 00 00", 24);
  assertEquals([readU32(status, 12), (status[20] ?? 0) & 0xf], [0, 1]);
});

/** A store that is as full as a test says. */
class ThinStore extends MemoryStore {
  full: StoreSpace = { used: 0, available: 100 << 20 };

  override space(): StoreSpace {
    return this.full;
  }
}

itemStory(
  ["WIN 44", "ESX 18"],
  "Space that gets short is told once, can be read, and is gone with 7/27/07",
  async (house) => {
    const store = new ThinStore(64 << 20);
    const peer = await sessionWith(house, store);
    const used = await get(peer, "4d 00 4c 00 00 00 00 00 ff 00", 255);
    assert(((used[0] ?? 0) & 0x3f) === 0x0c && readU16(used, 2) > 0, "page 0Ch has what is used");
    const page = [0x5c, 2, 0, 28, ...new Array(12).fill(0), 0x80, 1, 0, 0, 0, 0, 0, 50, 1, 2, 0, 0, 0, 0, 0, 0];
    const list = Uint8Array.of(0, 0, 0, 0, ...page);
    assertEquals(outcomeOf(await give(peer, `15 10 00 00 ${list.length.toString(16)} 00`, list)), "good");
    store.full = { used: 90 << 20, available: 10 << 20 };
    for (let i = 0; i < 4; i++) assertEquals((await give(peer, "2a 00 00000000 00 0080 00", pattern(65536))).status, 0);
    const data = pattern(1 << 20);
    peer.command(write10(0, 2048), { write: data.length, data: data.subarray(0, 65536) });
    for (let answer = peer.next(); answer?.name === "r2t"; answer = peer.next()) {
      sendSequence(peer, pdus.r2t.decode(answer.header), data, 65536);
      await rest();
      if (peer.connection.session.tasks.size === 0) break;
    }
    assertEquals(peer.ending().status, 0);
    await rest();
    assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "6/38/07");
    assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "good");
    store.write = () => {
      throw new OutOfSpaceError("write", "full");
    };
    assertEquals(outcomeOf(await give(peer, "2a 00 00000000 00 0001 00", pattern(512))), "7/27/07");
  },
);
