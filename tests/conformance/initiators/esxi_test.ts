/**
 * What ESXi asks of a disk when it scans, makes a VMFS on it and offloads work to it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { readU32 } from "../../../lib/bytes/layout.ts";
import { ask, get, give, outcomeOf } from "../../support/asking.ts";
import { itemStory } from "../../support/certification.ts";
import { pattern, read10 } from "../../support/cdbs.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import { Target } from "../../../lib/target/target.ts";
import type { Peer } from "../../support/protocol_peer.ts";
import { designators, pagesListed } from "../../support/vpd_pages.ts";

itemStory(["ESX 9"], "REPORT LUNS has LUN 0 and numbers up to 255 in peripheral form", async (house) => {
  const target = new Target({ name: "iqn.2026-01.org.lunbox:many" });
  house.catalogue.add(target);
  const numbers = [0, 3, 17, 255];
  for (const lun of numbers) target.addUnit({ lun, store: new MemoryStore(1 << 20) });
  const peer = house.connect();
  peer.logIn({ keys: { TargetName: target.name } });
  const list = await get(peer, "a0 00 00000000 00001000 00 00", 4096);
  assertEquals([readU32(list, 0), list.length], [numbers.length * 8, 8 + numbers.length * 8]);
  for (const [place, lun] of numbers.entries()) {
    assertEquals([...list.subarray(8 + place * 8, 16 + place * 8)], [0, lun, 0, 0, 0, 0, 0, 0]);
  }
});

itemStory(["ESX 10", "ESX 17"], "The VPD pages of a scan are there, and units are of one product", async (house) => {
  const peer = house.session();
  const listed = await pagesListed(peer);
  for (const page of [0x80, 0x83, 0x86, 0xb0, 0xb1, 0xb2]) {
    assert(listed.includes(page));
    const code = page.toString(16);
    assertEquals((await get(peer, `12 01 ${code} 00 ff 00`, 255))[1], page);
  }
  const names = await designators(peer, 0);
  assert(names.some(({ association, type, id }) => association === 0 && type === 3 && [8, 16].includes(id.length)));
  const inquiries = [await get(peer, "12 00 00 00 24 00", 36), await get(peer, "12 00 00 00 24 00", 36, 1)];
  assertEquals(inquiries[0]?.slice(8, 32), inquiries[1]?.slice(8, 32));
  assertEquals(readU32(await get(peer, "25 00 00000000 0000 00 00", 8), 4), 512);
});

const probes = [
  "4d 00 6d 00 00 00 00 00 ff 00",
  "85 0c 0e 00000000000000000000 00 ec 00",
  "1a 00 31 00 ff 00",
  "a3 1f 0000000000000000 00 00",
];

for (const cdb of probes) {
  itemStory(["ESX 11", "WIN 40"], `The probe ${cdb} is refused for what it is`, async (house) => {
    const peer = house.session();
    const outcome = outcomeOf(await ask(peer, cdb, 512));
    assert(["5/20/00", "5/24/00"].includes(outcome), outcome);
    assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "good");
  });
}

const swap = "89 00 0000000000000008 000000 01 00 00";

itemStory(["ESX 12"], "A heartbeat by COMPARE AND WRITE, and a host that comes too late", async (house) => {
  const hosts = [house.session({ isid: 1 }), house.session({ isid: 2 })];
  const [first, second] = hosts as [Peer, Peer];
  assert(((await get(first, "12 01 b0 00 40 00", 64))[5] ?? 0) >= 1);
  const [free, mine, theirs] = [new Uint8Array(512), pattern(512, 1), pattern(512, 2)];
  const list = (from: Uint8Array, to: Uint8Array) => Uint8Array.of(...from, ...to);
  assertEquals(outcomeOf(await give(first, swap, list(free, mine))), "good");
  assertEquals(outcomeOf(await give(second, swap, list(free, theirs))), "e/1d/00");
  assertEquals(house.store.bytes(8 * 512, 512), mine);
  for (let beat = 0; beat < 10; beat++) assertEquals(outcomeOf(await give(first, swap, list(mine, mine))), "good");
  assertEquals(outcomeOf(await give(second, swap, list(mine, theirs))), "good");
  assertEquals(house.store.bytes(8 * 512, 512), theirs);
});

itemStory(["ESX 13"], "WRITE SAME (16) zeroes a disk in steps of 1 MiB", async (house) => {
  const peer = house.session();
  house.store.write(pattern(2 << 20), 0);
  assertEquals(outcomeOf(await give(peer, "93 00 0000000000000000 00000800 00 00", new Uint8Array(512))), "good");
  assertEquals(house.store.bytes(0, 1 << 20), new Uint8Array(1 << 20));
  assertEquals(house.store.bytes(1 << 20, 512), pattern(2 << 20).slice(1 << 20, (1 << 20) + 512));
  const most = readU32(await get(peer, "12 01 b0 00 40 00", 64), 36) * 2 ** 32 +
    readU32(await get(peer, "12 01 b0 00 40 00", 64), 40);
  assert(most === 0 || most >= 2048, `${most} blocks`);
});

itemStory(
  ["ESX 15"],
  "A clone by EXTENDED COPY between two units, with what the target says that it can",
  async (house) => {
    const peer = house.session();
    assertEquals(((await get(peer, "12 00 00 00 24 00", 36))[5] ?? 0) & 8, 8);
    const able = await get(peer, "84 03 0000000000000000 00000100 00 00", 256);
    assert(readU32(able, 0) >= 40 && able.length >= 44);
    const naa = async (lun: number) =>
      (await designators(peer, lun)).find((one) => one.association === 0 && one.type === 3)?.id ?? [];
    const cscd = (id: Iterable<number>) => [0xe4, 0, 0, 0, 1, 3, 0, 8, ...id, ...new Array(12).fill(0), 0, 0, 2, 0];
    const segment = [2, 0, 0, 0x18, 0, 0, 0, 1, 0, 0, 4, 0, ...new Array(8).fill(0), 0, 0, 0, 0, 0, 0, 2, 0];
    const list = Uint8Array.of(
      0,
      0,
      0,
      64,
      ...new Array(7).fill(0),
      segment.length,
      0,
      0,
      0,
      0,
      ...cscd(await naa(0)),
      ...cscd(await naa(1)),
      ...segment,
    );
    house.store.write(pattern(524288), 0);
    assertEquals(
      outcomeOf(await give(peer, `83 00 0000000000000000 000000${list.length.toString(16)} 00 00`, list)),
      "good",
    );
    assertEquals(house.second.bytes(512 * 512, 524288), pattern(524288));
  },
);

itemStory(["ESX 16"], "UNMAP at any alignment is taken, and the granularity divides 1 MiB", async (house) => {
  const peer = house.session();
  const limits = await get(peer, "12 01 b0 00 40 00", 64);
  const granularity = readU32(limits, 28);
  assert(granularity === 0 || 2048 % granularity === 0, `${granularity} blocks`);
  house.store.write(pattern(1 << 20), 0);
  for (const [lba, blocks] of [[1, 1], [7, 13], [100, 2047 - 100]] as const) {
    const list = new Uint8Array(24);
    const view = new DataView(list.buffer);
    view.setUint16(0, 22);
    view.setUint16(2, 16);
    view.setUint32(12, lba);
    view.setUint32(16, blocks);
    assertEquals(outcomeOf(await give(peer, "42 00 00000000 00 0018 00", list)), "good");
    peer.command(read10(lba, blocks), { read: blocks * 512 });
    const ending = peer.ending();
    assertEquals([ending.status, ending.data], [0, new Uint8Array(blocks * 512)]);
  }
  assertEquals(house.store.bytes(0, 512), pattern(512));
});
