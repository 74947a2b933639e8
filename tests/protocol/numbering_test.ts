/**
 * CmdSN out of order, around 0, and of immediate commands (RFC 7143 §4.2.2).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { serialDifference } from "../../lib/iscsi/command_window.ts";
import { nopIn, nopOut, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { story } from "../support/protocol_harness.ts";

story("The response to a command already counts the place that it leaves in the window", (house) => {
  const peer = house.session();
  peer.command(testUnitReady);
  const { expCmdSn, maxCmdSn } = peer.expect(scsiResponse);
  assertEquals(serialDifference(maxCmdSn, expCmdSn), 7);
}, { queueDepth: 8 });

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

story("What waits for its turn is counted, keeps its data, and gives its memory back", (house) => {
  const peer = house.session();
  const { cmdSn } = peer;
  const { lent } = house.pool;
  const ping = pattern(8192, 5);
  peer.send(nopOut, { cmdSn: cmdSn + 1 }, ping);
  // Data that is not allowed: there is no place for it.
  peer.command(read10(0, 1), { read: 512, data: pattern(8192, 6), cmdSn: cmdSn + 2 });
  assertEquals(house.pool.lent > lent, true);
  peer.send(nopOut, { cmdSn, immediate: true }, pattern(8192, 7));
  assertEquals(peer.expect(nopIn).data, pattern(8192, 7));
  peer.command(testUnitReady, { cmdSn });
  assertEquals(peer.expect(nopIn).data, ping);
  assertEquals(peer.ending().status, 0);
  assertEquals(peer.ending().sense, "b/0c/0c");
  assertEquals(peer.connection.session.bursts.lent, 0);
});

story("A connection that goes gives back the pings that wait for their turn", (house) => {
  const peer = house.session();
  peer.send(nopOut, { cmdSn: peer.cmdSn + 1 }, pattern(8192));
  peer.end();
});
