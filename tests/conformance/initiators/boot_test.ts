/**
 * Firmware that boots from a disk: the UEFI of EDK2, and iPXE.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { ask, get, outcomeOf } from "../../support/asking.ts";
import { itemStory } from "../../support/certification.ts";
import { pattern, read10, testUnitReady, write10 } from "../../support/cdbs.ts";
import { sendSequence } from "../../support/data_sequence.ts";
import { rest } from "../../support/held_store.ts";
import type { LogIn } from "../../support/protocol_peer.ts";
import { pagesListed } from "../../support/vpd_pages.ts";

/** What EDK2 offers. */
const uefi: LogIn = {
  initiator: "iqn.2026-01.org.example:uefi",
  keys: {
    ...{ HeaderDigest: "None", DataDigest: "None", ErrorRecoveryLevel: "0", InitialR2T: "No", ImmediateData: "Yes" },
    ...{ MaxRecvDataSegmentLength: "65536", MaxBurstLength: "262144", FirstBurstLength: "65536", MaxConnections: "1" },
    ...{ DefaultTime2Wait: "2", DefaultTime2Retain: "20", MaxOutstandingR2T: "1" },
  },
};

/** What iPXE offers. */
const pxe: LogIn = {
  initiator: "iqn.2010-04.org.ipxe:host",
  keys: {
    ...{ HeaderDigest: "None", DataDigest: "None", MaxConnections: "1", InitialR2T: "Yes", ImmediateData: "No" },
    ...{
      MaxRecvDataSegmentLength: "8192",
      MaxBurstLength: "262144",
      FirstBurstLength: "65536",
      MaxOutstandingR2T: "1",
    },
    ...{ DefaultTime2Wait: "0", DefaultTime2Retain: "0", ErrorRecoveryLevel: "0" },
  },
};

itemStory(
  ["EFI 9"],
  "UEFI finds a disk: unit attentions, sense that comes to its end, capacity, first blocks",
  async (house) => {
    house.store.write(pattern(1024), 0);
    const peer = house.connect();
    peer.logIn(uefi);
    const inquiry = await get(peer, "12 00 00 00 60 00", 96);
    assertEquals([inquiry[0], inquiry.length], [0, 96]);
    const pages = await pagesListed(peer);
    assertEquals([pages[0], pages.includes(0xb0)], [0, true]);
    await get(peer, "12 01 b0 00 40 00", 64);
    assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "6/29/00");
    let tries = 0;
    for (let key = 1; key !== 0; tries++) key = ((await get(peer, "03 00 00 00 12 00", 18))[2] ?? 0) & 0xf;
    assert(tries <= 10);
    assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "good");
    assertEquals((await get(peer, "25 00 00000000 0000 00 00", 8)).length, 8);
    assertEquals((await get(peer, "9e 10 0000000000000000 00000020 00 00", 32)).length, 32);
    assertEquals(await get(peer, "28 00 00000000 00 0002 00", 1024), pattern(1024));
    assertEquals(await get(peer, "88 00 0000000000000000 00000002 00 00", 1024), pattern(1024));
  },
);

itemStory(
  ["EFI 7", "BSD 6", "EFI 6"],
  "Each number is the one after that before, S comes with F, U and O never together",
  async (house) => {
    const peer = house.session({ ...uefi, keys: { ...uefi.keys, MaxBurstLength: "8192", FirstBurstLength: "8192" } });
    const data = pattern(40960);
    const { expStatSn } = peer;
    const tag = peer.command(write10(0, 80), { write: data.length, data: data.subarray(0, 8192) });
    for (let r2tSn = 0; r2tSn < 4; r2tSn++) {
      const request = peer.expect(pdus.r2t);
      const { bufferOffset, desiredDataTransferLength } = request;
      assertEquals([request.r2tSn, request.statSn, bufferOffset], [r2tSn, expStatSn, 8192 * (r2tSn + 1)]);
      assertEquals(desiredDataTransferLength, 8192);
      sendSequence(peer, request, data, 4096);
    }
    assertEquals(peer.ending(tag).status, 0);
    for (const room of [data.length, data.length + 512, data.length - 512]) {
      peer.command(read10(0, 80), { read: room });
      await rest();
      let offset = 0;
      for (let dataSn = 0;; dataSn++) {
        const piece = peer.expect(pdus.dataIn);
        assertEquals([piece.dataSn, piece.bufferOffset], [dataSn, offset]);
        assert(!piece.hasStatus || piece.final);
        assert(!(piece.underflow && piece.overflow));
        offset += piece.data.length;
        if (piece.hasStatus) break;
      }
      assertEquals([offset, peer.expStatSn > expStatSn], [Math.min(room, data.length), true]);
    }
    peer.expectNothing();
  },
);

itemStory(["EFI 8"], "Immediate data up to FirstBurstLength, and the rest when it is asked for", (house) => {
  const peer = house.connect();
  assertEquals(peer.logIn(uefi).get("InitialR2T"), "Yes");
  peer.command(testUnitReady);
  peer.ending();
  const data = pattern(131072);
  peer.command(write10(0, 256), { write: data.length, data: data.subarray(0, 65536) });
  sendSequence(peer, peer.expect(pdus.r2t), data, 65536);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(0, data.length), data);
});

itemStory(["EFI 6", "MAC 3", "PXE 6"], "Nothing but pings comes unasked, however long it takes", (house) => {
  const peer = house.session(uefi);
  const { expStatSn } = peer;
  let pings = 0;
  for (let second = 0; second < 600; second++) house.pass(1000);
  for (let answer = peer.next(); answer !== undefined; answer = peer.next(), pings++) {
    assertEquals([answer.name, answer.values.initiatorTaskTag, answer.values.statSn], ["nopIn", 0xffffffff, expStatSn]);
    assert(answer.values.targetTransferTag !== 0xffffffff);
  }
  assertEquals([pings > 0, peer.ended], [true, false]);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
});

itemStory(["PXE 7", "PXE 4"], "iPXE asks until the unit is ready, and reads and writes", async (house) => {
  house.store.write(pattern(32768), 0);
  const peer = house.connect();
  peer.logIn(pxe);
  let tries = 0;
  while (outcomeOf(await ask(peer, "00 00 00 00 00 00")) !== "good") assert(++tries < 10);
  assertEquals([...await get(peer, "25 00 00000000 0000 00 00", 8)], [0, 0, 0x7f, 0xff, 0, 0, 2, 0]);
  assertEquals(await get(peer, "28 00 00000000 00 0040 00", 32768), pattern(32768));
  const data = pattern(16384, 7);
  peer.command(write10(100, 32), { write: data.length });
  sendSequence(peer, peer.expect(pdus.r2t), data, 512);
  assertEquals(peer.ending().status, 0);
  assertEquals(house.store.bytes(51200, data.length), data);
});

itemStory(["PXE 5"], "Data-In with S ends the buffer, and errors come in a response", async (house) => {
  house.store.write(pattern(20480), 0);
  const peer = house.session(pxe);
  const tag = peer.command(read10(0, 40), { read: 20480 });
  await rest();
  for (let end = 0; end < 20480;) {
    const piece = peer.expect(pdus.dataIn);
    end = piece.bufferOffset + piece.data.length;
    assertEquals([piece.hasStatus, piece.status, piece.initiatorTaskTag], [end === 20480, 0, tag]);
  }
  peer.command(read10(0x7fff, 2), { read: 1024 });
  const response = peer.expect(pdus.scsiResponse);
  assertEquals([response.status, response.data[1]], [2, response.data.length - 2]);
});
