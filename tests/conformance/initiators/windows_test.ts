/**
 * What Windows asks of a disk to bring it online, to format it and to use it: the port and disk drivers' commands with
 * their allocation lengths, and what fails when the answers are others.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { readU16, readU32 } from "../../../lib/bytes/layout.ts";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { Target } from "../../../lib/target/target.ts";
import { NullStore } from "../../../lib/store/null_store.ts";
import type { StoreCapabilities } from "../../../lib/store/store.ts";
import { ask, get, give, outcomeOf, sessionWith } from "../../support/asking.ts";
import { itemStory } from "../../support/certification.ts";
import { pattern, read10, write10 } from "../../support/cdbs.ts";
import { sendSequence } from "../../support/data_sequence.ts";
import { HeldStore, rest } from "../../support/held_store.ts";
import { designators, pagesListed } from "../../support/vpd_pages.ts";

itemStory(
  ["WIN 33", "ESX 9"],
  "REPORT LUNS of 16 bytes tells how long it is, and the rest comes then",
  async (house) => {
    const peer = house.session();
    const first = await get(peer, "a0 00 00000000 00000010 00 00", 16);
    const length = readU32(first, 0);
    assertEquals([first.length, length], [16, 2 * 8]);
    const whole = await get(peer, "a0 00 00000000 00000018 00 00", 8 + length);
    assertEquals([...whole.subarray(8)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const inquiry = await get(peer, "12 00 00 00 24 00", 36);
    assertEquals([inquiry[0], (inquiry[3] ?? 0) & 0x1f, inquiry[4]], [0, 0x12, 0x5b]);
    assert((inquiry[2] ?? 0) >= 5 && ((inquiry[7] ?? 0) & 2) === 2);
    assertEquals((await get(peer, "12 00 00 00 24 00", 36, 9))[0], 0x7f);
  },
);

itemStory(
  ["WIN 34", "WIN 35", "WIN 36"],
  "The VPD pages rise from 00h, and page 83h names the unit by a NAA",
  async (house) => {
    const peer = house.session();
    const listed = await pagesListed(peer);
    assertEquals([listed[0], listed], [0, listed.toSorted((a, b) => a - b)]);
    assertEquals(new Set(listed).size, listed.length);
    for (const page of [0x80, 0x83, 0x8f, 0xb0, 0xb1, 0xb2]) assert(listed.includes(page), page.toString(16));
    const [first, second] = [await designators(peer, 0), await designators(peer, 1)];
    for (const type of [1, 3]) {
      const [a, b] = [first, second].map((all) => all.find((one) => one.association === 0 && one.type === type)?.id);
      assert(a !== undefined && b !== undefined, `designator ${type}`);
      const from = type === 1 ? 8 : 0;
      assert(a.subarray(from, from + 8).some((byte, i) => byte !== b[from + i]), `designator ${type} of both units`);
    }
    assertEquals(outcomeOf(await ask(peer, "12 00 83 00 ff 00", 255)), "5/24/00");
  },
);

itemStory(["WIN 37"], "READ CAPACITY gives 8, 12 and 32 bytes when it is asked for them", async (house) => {
  const peer = house.session();
  assertEquals([...await get(peer, "25 00 00000000 0000 00 00", 8)], [0, 0, 0x7f, 0xff, 0, 0, 2, 0]);
  const twelve = await get(peer, "9e 10 0000000000000000 0000000c 00 00", 12);
  assertEquals([...twelve], [0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0, 0, 2, 0]);
  const whole = await get(peer, "9e 10 0000000000000000 00000020 00 00", 32);
  assertEquals([whole.length, whole.slice(0, 12)], [32, twelve]);
  assert((readU16(whole, 14) & 0x3fff) < 1 << ((whole[13] ?? 0) & 0xf), "the lowest aligned block is in the first one");
});

itemStory(["WIN 38"], "Mode pages are as long as they say, and tell the truth of the cache", async (house) => {
  const peer = house.session();
  for (const page of ["00", "08", "0a", "1c", "3f"]) {
    for (const control of [0, 0x40, 0x80]) {
      const byte = (control | parseInt(page, 16)).toString(16).padStart(2, "0");
      const data = await get(peer, `1a 00 ${byte} 00 c0 00`, 192);
      assertEquals(data.length, (data[0] ?? 0) + 1);
      const pages = data.subarray(4 + (data[3] ?? 0));
      for (let at = 0; at < pages.length; at += 2 + (pages[at + 1] ?? 0)) assert(at + 2 <= pages.length);
      if (page === "08") assertEquals([(pages[0] ?? 0) & 0x3f, pages[1]], [0x08, 0x12]);
      assertEquals(((data[2] ?? 0) & 0x80) === 0, true);
    }
  }
});

/** A store whose cache loses what is not flushed, or does not. */
class CachedStore extends HeldStore {
  readonly #volatile: boolean;

  constructor(size: number, volatile: boolean) {
    super(size);
    this.#volatile = volatile;
  }

  override get capabilities(): StoreCapabilities {
    return { ...super.capabilities, volatileCache: this.#volatile };
  }
}

for (const volatileCache of [true, false]) {
  itemStory(
    ["WIN 38", "WIN 42"],
    `WCE is ${volatileCache ? 1 : 0} as the cache is, and flushes are done`,
    async (house) => {
      const store = new CachedStore(1 << 20, volatileCache);
      const peer = await sessionWith(house, store);
      assertEquals((await get(peer, "1a 08 08 00 c0 00", 192))[6], volatileCache ? 4 : 0);
      assertEquals(((await get(peer, "1a 08 08 00 c0 00", 192))[2] ?? 0) & 0x10, 0x10);
      assertEquals(outcomeOf(await give(peer, "2a 00 00000000 00 0001 00", pattern(512))), "good");
      assertEquals(store.calls, ["write 0 512"]);
      assertEquals(outcomeOf(await ask(peer, "35 00 00000000 00 0000 00")), "good");
      assertEquals(outcomeOf(await give(peer, "2a 08 00000000 00 0001 00", pattern(512))), "good");
      assertEquals(outcomeOf(await give(peer, "8a 08 0000000000000000 00000001 00 00", pattern(512))), "good");
      assertEquals(store.calls.filter((call) => call === "flush").length, volatileCache ? 3 : 1);
    },
  );
}

itemStory(["WIN 39"], "MODE SELECT is taken with a block descriptor, with a page and with none", async (house) => {
  const peer = house.session();
  const current = await get(peer, "1a 00 08 00 c0 00", 192);
  const list = current.slice();
  list[0] = 0;
  list[2] = 0;
  list[12] = (list[12] ?? 0) & 0x3f;
  assertEquals(outcomeOf(await give(peer, "15 10 00 00 20 00", list)), "good");
  assertEquals(outcomeOf(await give(peer, "15 10 00 00 0c 00", list.slice(0, 12))), "good");
  const header = new Uint8Array(4);
  assertEquals(outcomeOf(await give(peer, "15 10 00 00 04 00", header)), "good");
  const off = list.slice();
  off[14] = (off[14] ?? 0) & ~4;
  assertEquals(outcomeOf(await give(peer, "15 10 00 00 20 00", off)), "good");
  assertEquals(((await get(peer, "1a 08 08 00 c0 00", 192))[6] ?? 0) & 4, 0);
});

itemStory(["WIN 40"], "ATA PASS-THROUGH is no command of this disk", async (house) => {
  const peer = house.session();
  for (const cdb of ["85 08 0e 00000000000000000000 40 ec 00", "a1 08 0e 00 01 00 00 00 00 ec 00 00"]) {
    assertEquals(outcomeOf(await ask(peer, cdb, 512)), "5/20/00");
  }
});

itemStory(["WIN 41", "WIN 17", "WIN 45"], "The block pages are long enough, and let 256 KiB through", async (house) => {
  const peer = house.session();
  const [limits, characteristics, provisioning, copy] = [
    await get(peer, "12 01 b0 00 40 00", 64),
    await get(peer, "12 01 b1 00 40 00", 64),
    await get(peer, "12 01 b2 00 40 00", 64),
    await get(peer, "12 01 8f 01 ff 00", 511),
  ];
  assertEquals([readU16(limits, 2), readU16(characteristics, 2)], [0x3c, 0x3c]);
  assert(readU16(provisioning, 2) >= 4);
  const most = readU32(limits, 8);
  assert(most === 0 || most * 512 >= 262144, `${most} blocks`);
  assertEquals([readU16(copy, 4), readU16(copy, 6)], [0, 0x20]);
  const data = pattern(262144);
  peer.command(write10(0, 512), { write: data.length, data: data.subarray(0, 65536) });
  sendSequence(peer, peer.expect(pdus.r2t), data, 65536);
  await rest();
  assertEquals(peer.ending().status, 0);
  peer.command(read10(0, 512), { read: data.length });
  await rest();
  assertEquals(peer.ending().data, data);
});

itemStory(["WIN 42"], "A full format writes, and verifies in pieces of 256 blocks", async (house) => {
  const peer = house.session();
  const data = pattern(131072);
  peer.command(write10(0, 256), { write: data.length, data: data.subarray(0, 65536) });
  sendSequence(peer, peer.expect(pdus.r2t), data, 65536);
  await rest();
  assertEquals(peer.ending().status, 0);
  for (const cdb of ["2f 00 00000000 00 0100 00", "8f 00 0000000000000000 00000100 00 00"]) {
    assertEquals(outcomeOf(await ask(peer, cdb)), "good");
  }
  assertEquals(outcomeOf(await ask(peer, "2f 00 00007f80 00 0100 00")), "5/21/00");
  assertEquals((await ask(peer, "28 08 00000000 00 0080 00", 65536)).data, data.slice(0, 65536));
  assertEquals((await get(peer, "28 00 00007fff 00 0001 00", 512)).length, 512);
});

itemStory(
  ["WIN 46", "WIN 32"],
  "Two paths see one unit, and ports that agree with what is said of groups",
  async (house) => {
    const paths = [house.session({ isid: 1 }), house.session({ isid: 2 })];
    const ids = await Promise.all(paths.map((path) => designators(path, 0)));
    const unit = ids.map((all) => all.filter(({ association }) => association === 0));
    assertEquals(unit[0], unit[1]);
    const [first] = paths;
    if (first === undefined) return;
    const ports = (ids[0] ?? []).filter(({ association }) => association === 1);
    assert(ports.some(({ type }) => type === 4), "a relative target port");
    const tpgs = ((await get(first, "12 00 00 00 60 00", 96))[5] ?? 0) & 0x30;
    const groups = await ask(first, "a3 0a 00000000 00000400 00 00", 1024);
    if (tpgs === 0) return assertEquals(outcomeOf(groups), "5/24/00");
    const group = ports.find(({ type }) => type === 5)?.id;
    assertEquals([groups.status, group?.subarray(2)], [0, groups.data.slice(6, 8)]);
  },
);

itemStory(["WIN 33"], "A list without LUN 0 is served at LUN 0, where no unit is", async (house) => {
  const target = new Target({ name: "iqn.2026-01.org.lunbox:sparse" });
  house.catalogue.add(target);
  for (const lun of [200, 5, 9]) target.addUnit({ lun, store: new HeldStore(1 << 20) });
  const peer = house.connect();
  peer.logIn({ keys: { TargetName: target.name } });
  const list = await get(peer, "a0 00 00000000 00000100 00 00", 256);
  assertEquals(readU32(list, 0), 3 * 8);
  assertEquals(new Set([9, 17, 25].map((at) => list[at])), new Set([5, 9, 200]));
  assertEquals((await get(peer, "12 00 00 00 24 00", 36))[0], 0x7f);
  assertEquals((await get(peer, "12 00 00 00 24 00", 36, 9))[0], 0);
  assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "5/25/00");
});

itemStory(
  ["WIN 37", "WIN 17"],
  "A disk of 3 TiB tells its size in READ CAPACITY (16) alone, and is read at its end",
  async (house) => {
    const blocks = 3 * 2 ** 31;
    const peer = await sessionWith(house, new NullStore(blocks * 512));
    assertEquals(readU32(await get(peer, "25 00 00000000 0000 00 00", 8), 0), 0xffffffff);
    const twelve = await get(peer, "9e 10 0000000000000000 0000000c 00 00", 12);
    assertEquals(readU32(twelve, 0) * 2 ** 32 + readU32(twelve, 4), blocks - 1);
    const last = (blocks - 1).toString(16).padStart(16, "0");
    assertEquals((await get(peer, `88 00 ${last} 00000001 00 00`, 512)).length, 512);
    assertEquals(outcomeOf(await ask(peer, `88 00 ${last} 00000002 00 00`, 1024)), "5/21/00");
  },
);
