/**
 * CmdSN, ExpCmdSN, MaxCmdSN and StatSN: items 1.1 to 1.3 and 2.1 of the full feature phase list, 11.1 (immediate
 * commands), and RFC 7143 §4.2.2.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { serialDifference } from "../../lib/iscsi/command_window.ts";
import { nopIn, nopOut, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, read10, readCapacity, testUnitReady, write10 } from "../support/cdbs.ts";
import { story } from "../support/protocol_harness.ts";

story("MaxCmdSN is never below ExpCmdSN - 1 and never goes back", (house) => {
  const peer = house.session();
  let last = peer.connection.session.window.maxCmdSn;
  const cdbs = [inquiry(36), testUnitReady, readCapacity, ...new Array<Uint8Array>(10).fill(write10(0, 1))];
  for (const cdb of cdbs) {
    const write = cdb[0] === 0x2a;
    peer.command(cdb, write ? { write: 512, data: pattern(512) } : { read: 64 });
    for (let answer = peer.next(); answer !== undefined; answer = peer.next()) {
      const { expCmdSn, maxCmdSn } = answer.values as { expCmdSn: number; maxCmdSn: number };
      assert(serialDifference(maxCmdSn, expCmdSn) >= -1);
      assert(serialDifference(maxCmdSn, last) >= 0);
      assertEquals(expCmdSn, peer.cmdSn);
      last = maxCmdSn;
    }
  }
});

story("The response to a command already counts the place that it leaves in the window", (house) => {
  const peer = house.session();
  peer.command(testUnitReady);
  const { expCmdSn, maxCmdSn } = peer.expect(scsiResponse);
  assertEquals(serialDifference(maxCmdSn, expCmdSn), 7);
}, { queueDepth: 8 });

story("The window closes while commands are unanswered and opens with their answers", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  for (let i = 0; i < 4; i++) peer.command(read10(i, 1), { read: 512 });
  peer.send(nopOut, { immediate: true });
  const closed = peer.expect(nopIn);
  assertEquals(serialDifference(closed.maxCmdSn, closed.expCmdSn), -1);
  peer.command(read10(9, 1), { read: 512 });
  await house.store.release();
  for (let i = 0; i < 4; i++) assertEquals(peer.ending().status, 0);
  peer.expectNothing();
  peer.send(nopOut, { immediate: true, cmdSn: 0 });
  const opened = peer.expect(nopIn);
  assertEquals(serialDifference(opened.maxCmdSn, opened.expCmdSn), 3);
}, { queueDepth: 4 });

for (
  const { what, away } of [
    { what: "below ExpCmdSN", away: -1 },
    { what: "far below ExpCmdSN", away: -1000 },
    { what: "above MaxCmdSN", away: 128 },
    { what: "far above MaxCmdSN", away: 0x7000_0000 },
  ]
) {
  story(`A command ${what} is ignored and later ones are served`, (house) => {
    const peer = house.session();
    peer.command(write10(0, 1), { write: 512, data: pattern(512), cmdSn: peer.cmdSn + away >>> 0 });
    peer.expectNothing();
    assertEquals(house.store.calls, []);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}

story("A repeated CmdSN is ignored", (house) => {
  const peer = house.session();
  const { cmdSn } = peer;
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  peer.command(testUnitReady, { cmdSn });
  peer.expectNothing();
});

story("Commands that come in the wrong order run in the right one", (house) => {
  const peer = house.session();
  const first = peer.cmdSn;
  const tags = [2, 1, 3, 0].map((place) => {
    const data = pattern(512, place);
    return { place, tag: peer.command(write10(place, 1), { write: 512, data, cmdSn: first + place }) };
  });
  const inOrder = tags.toSorted((a, b) => a.place - b.place);
  for (const { place, tag } of inOrder) {
    assertEquals(peer.ending(tag).status, 0);
    assertEquals(house.store.bytes(place * 512, 512), pattern(512, place));
  }
  assertEquals(house.store.calls.map((call) => call.split(" ")[1]), ["0", "512", "1024", "1536"]);
});

story("A command that waits for its turn is not started twice", (house) => {
  const peer = house.session();
  const first = peer.cmdSn;
  peer.command(testUnitReady, { cmdSn: first + 1 });
  peer.command(testUnitReady, { cmdSn: first + 1 });
  peer.command(testUnitReady, { cmdSn: first });
  assertEquals([peer.ending().status, peer.ending().status], [0, 0]);
  peer.expectNothing();
});

story("A connection that goes while commands wait for their turn gives back their data", (house) => {
  const peer = house.session();
  peer.command(write10(0, 1), { write: 512, data: pattern(512), cmdSn: peer.cmdSn + 1 });
  peer.end();
});

story("CmdSN and StatSN count through 0", (house) => {
  const peer = house.connect();
  peer.expStatSn = 0xffff_fffe;
  peer.logIn({ cmdSn: 0xffff_fffd });
  const seen: number[] = [];
  for (let i = 0; i < 6; i++) {
    peer.command(testUnitReady);
    const { statSn, expCmdSn } = peer.expect(scsiResponse);
    assertEquals(expCmdSn, peer.cmdSn);
    seen.push(statSn);
  }
  assertEquals(seen, [0xffff_ffff, 0, 1, 2, 3, 4]);
});

story("An immediate command carries the next CmdSN without using it up", (house) => {
  const peer = house.session();
  const { cmdSn } = peer;
  peer.command(testUnitReady, { immediate: true });
  assertEquals(peer.expect(scsiResponse).expCmdSn, cmdSn);
  peer.command(testUnitReady);
  assertEquals(peer.expect(scsiResponse).expCmdSn, cmdSn + 1);
});

story("Immediate commands are served while the window is closed", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  for (let i = 0; i < 2; i++) peer.command(read10(i, 1), { read: 512 });
  peer.command(testUnitReady, { immediate: true });
  assertEquals(peer.ending().status, 0);
  await house.store.release();
  assertEquals([peer.ending().status, peer.ending().status], [0, 0]);
}, { queueDepth: 2 });

story("Every answer has the StatSN after that of the one before, from the login on", (house) => {
  const peer = house.connect();
  peer.expStatSn = 17;
  peer.logIn();
  let expected = 18;
  for (let i = 0; i < 4; i++) {
    peer.command(testUnitReady);
    assertEquals(peer.expect(scsiResponse).statSn, expected++);
    peer.send(nopOut, { immediate: true });
    assertEquals(peer.expect(nopIn).statSn, expected++);
  }
});

story("Commands whose store answers out of order have StatSNs in the order of their answers", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  const late = peer.command(read10(0, 1), { read: 512 });
  const soon = peer.command(read10(0, 1), { read: 512, lun: 1 });
  const { expStatSn } = peer;
  assertEquals(peer.ending(soon).status, 0);
  await house.store.release();
  assertEquals(peer.ending(late).status, 0);
  assertEquals(peer.expStatSn, expStatSn + 1);
});
