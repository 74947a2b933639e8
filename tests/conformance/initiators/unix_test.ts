/**
 * What FreeBSD, illumos, macOS and Linux ask of a disk, and what they do when it takes too long.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { readU16 } from "../../../lib/bytes/layout.ts";
import { taskManagementFunction } from "../../../lib/iscsi/constants.ts";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { ask, get, outcomeOf } from "../../support/asking.ts";
import { itemStory } from "../../support/certification.ts";
import { pattern, read10, testUnitReady, write10 } from "../../support/cdbs.ts";
import { rest } from "../../support/held_store.ts";
import { abort, attention, manage, outcome } from "../../support/managing.ts";
import { TARGET } from "../../support/protocol_harness.ts";
import { designators, pagesListed } from "../../support/vpd_pages.ts";

itemStory(
  ["BSD 8"],
  "FreeBSD's disk driver: write protection, capacity, and the pages that are listed",
  async (house) => {
    const peer = house.session();
    assertEquals(((await get(peer, "1a 00 3f 00 c0 00", 192))[2] ?? 0) & 0x80, 0);
    assertEquals((await get(peer, "25 00 00000000 0000 00 00", 8)).length, 8);
    assertEquals((await get(peer, "9e 10 0000000000000000 00000020 00 00", 32)).length, 32);
    const listed = new Set(await pagesListed(peer));
    for (const page of [0xb2, 0xb0, 0xb1, 0x89, 0xb6]) {
      const ending = await ask(peer, `12 01 ${page.toString(16)} 00 ff 00`, 255);
      assertEquals(outcomeOf(ending), listed.has(page) ? "good" : "5/24/00");
      if (listed.has(page)) assertEquals(ending.data.length, 4 + readU16(ending.data, 2));
    }
    assertEquals([listed.has(0x89), listed.has(0xb6)], [false, false]);
  },
);

itemStory(["BSD 7"], "Sense data has its length in front and is whole", (house) => {
  const peer = house.session();
  for (const cdb of [read10(0x7fffffff, 1), Uint8Array.of(0xff), Uint8Array.of(0x12, 0, 0x83, 0, 255, 0)]) {
    peer.command(cdb, { read: 512 });
    const { data, status } = peer.expect(pdus.scsiResponse);
    assertEquals([status, readU16(data, 0)], [2, data.length - 2]);
    assertEquals([data[2] === 0x70, data.length >= 2 + 18], [true, true]);
    assertEquals(data.length, 2 + 8 + (data[9] ?? 0));
  }
});

itemStory(["SUN 9", "SUN 8"], "illumos counts units, names them, and gets no more than it takes", async (house) => {
  house.store.write(pattern(65536), 0);
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "8192", ImmediateData: "No" } });
  assertEquals((await get(peer, "a0 00 00000000 000000ff 00 00", 255)).length, 24);
  assertEquals((await get(peer, "12 00 00 00 ff 00", 255))[0], 0);
  const ids = await designators(peer, 0);
  assert(ids.some(({ association, type }) => association === 0 && [1, 2, 3].includes(type)));
  peer.command(read10(0, 128), { read: 65536 });
  await rest();
  for (let moved = 0; moved < 65536;) {
    const { data } = peer.expect(pdus.dataIn);
    assert(data.length <= 8192);
    moved += data.length;
  }
});

itemStory(["SUN 8"], "An initiator that takes more than the target gets segments that both take", async (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "16777215" } });
  peer.command(read10(0, 2048), { read: 1 << 20 });
  await rest();
  for (let moved = 0; moved < 1 << 20;) {
    const { data } = peer.expect(pdus.dataIn);
    assert(data.length <= 262144, `${data.length} bytes`);
    moved += data.length;
  }
});

for (const length of [38, 2, 6, 34, 5, 36, 255]) {
  itemStory(["MAC 2", "WIN 24"], `INQUIRY of ${length} bytes is cut there`, async (house) => {
    const peer = house.session();
    const whole = await get(peer, "12 00 00 00 ff 00", 255);
    const cdb = `12 00 00 00 ${length.toString(16).padStart(2, "0")} 00`;
    assertEquals(await get(peer, cdb, length), whole.slice(0, length));
  });
}

itemStory(["MAC 4"], "A disk that is ejected: flush, PREVENT ALLOW, START STOP UNIT", async (house) => {
  const peer = house.session();
  for (
    const cdb of [
      "1e 00 00 00 01 00",
      "35 00 00000000 00 0000 00",
      "1e 00 00 00 00 00",
      "1b 00 00 00 00 00",
      "1b 00 00 00 01 00",
    ]
  ) {
    assertEquals(outcomeOf(await ask(peer, cdb)), "good");
  }
});

itemStory(
  ["OIS 4", "ESX 5", "WIN 27"],
  "Pings with a tag are answered at once while reads are stuck",
  async (house) => {
    const peer = house.session();
    house.store.holding.add("read");
    const tag = peer.command(read10(0, 1), { read: 512 });
    for (let ping = 0; ping < 12; ping++) {
      house.pass(5000);
      const { expStatSn } = peer;
      const initiatorTaskTag = peer.send(pdus.nopOut, { immediate: true });
      const answer = peer.expect(pdus.nopIn);
      assertEquals([answer.initiatorTaskTag, answer.targetTransferTag, answer.statSn], [
        initiatorTaskTag,
        0xffffffff,
        expStatSn,
      ]);
    }
    await house.store.release();
    assertEquals(peer.ending(tag).status, 0);
  },
);

itemStory(
  ["OIS 5", "WIN 29"],
  "The ladder of open-iscsi on a store that is stuck, up to a new login",
  async (house) => {
    const peer = house.session();
    house.store.holding.add("write");
    const refCmdSn = peer.cmdSn;
    const stuck = peer.command(write10(0, 1), { write: 512, data: pattern(512) });
    const functions = [
      abort(peer, stuck, refCmdSn),
      manage(peer, taskManagementFunction.logicalUnitReset),
      manage(peer, taskManagementFunction.targetWarmReset),
    ];
    peer.expectNothing();
    const again = house.connect();
    again.logIn();
    peer.expectEnd();
    assertEquals(house.catalogue.targets.get(TARGET)?.sessions.size, 1);
    again.command(testUnitReady, { lun: 1 });
    assertEquals(again.ending().sense.slice(0, 4), "6/29");
    await house.store.release();
    assertEquals([functions.length, peer.connection.session.tasks.size], [3, 0]);
    assertEquals(attention(again).slice(0, 4), "6/29");
    again.command(read10(0, 1), { read: 512 });
    assertEquals(again.ending().status, 0);
  },
);

itemStory(
  ["OIS 5", "ESX 6", "WIN 30"],
  "Each step of the ladder is answered with function complete when the store comes back",
  async (house) => {
    for (const step of ["abort", "reset", "warm"] as const) {
      const peer = house.session({ isid: 4 });
      house.store.holding.add("read");
      const refCmdSn = peer.cmdSn;
      const stuck = peer.command(read10(0, 1), { read: 512 });
      const tag = step === "abort"
        ? abort(peer, stuck, refCmdSn)
        : manage(peer, taskManagementFunction[step === "reset" ? "logicalUnitReset" : "targetWarmReset"]);
      await house.store.release();
      assertEquals(outcome(peer, tag), 0);
      peer.expectNothing();
      peer.end();
    }
  },
);
