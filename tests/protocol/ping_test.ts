/**
 * NOP-Out and NOP-In, and who is gone: items 15.1.1 to 15.2 of the full feature phase list (RFC 7143 §11.18, §11.19).
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { type ProtocolHarness, story } from "../support/protocol_harness.ts";

const pings = [
  { name: "without data", length: 0, echoed: 0 },
  { name: "with data", length: 100, echoed: 100 },
  { name: "with data of odd length", length: 101, echoed: 101 },
  { name: "with as much data as the initiator takes", length: 512, echoed: 512 },
  { name: "with more data than the initiator takes", length: 1000, echoed: 512 },
] as const;

for (const { name, length, echoed } of pings) {
  for (const immediate of [true, false]) {
    story(`${immediate ? "An immediate" : "A numbered"} NOP-Out ${name} is answered with ${echoed} bytes`, (house) => {
      const peer = house.session({ keys: { MaxRecvDataSegmentLength: "512" } });
      const { cmdSn, expStatSn } = peer;
      const lun = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0);
      const tag = peer.send(nopOut, { immediate, lun }, pattern(length));
      const answer = peer.expect(nopIn);
      assertEquals([answer.initiatorTaskTag, answer.targetTransferTag, answer.final], [tag, 0xffffffff, true]);
      assertEquals([answer.statSn, answer.expCmdSn], [expStatSn, immediate ? cmdSn : cmdSn + 1]);
      assertEquals(answer.data, pattern(length).slice(0, echoed));
    });
  }
}

story("NOP-Out is answered while commands are stuck", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  peer.command(read10(0, 1), { read: 512 });
  peer.send(nopOut);
  peer.expect(nopIn);
  await house.store.release();
  assertEquals(peer.ending().status, 0);
});

/** The target's ping, which must have come. */
function pinged(peer: Peer): number {
  const ping = peer.expect(nopIn);
  assertEquals([ping.initiatorTaskTag, ping.final, ping.data.length], [0xffffffff, true, 0]);
  assert(ping.targetTransferTag !== 0xffffffff);
  assertEquals(ping.statSn, peer.expStatSn);
  return ping.targetTransferTag;
}

function answer(peer: Peer, targetTransferTag: number): void {
  peer.send(nopOut, { immediate: true, initiatorTaskTag: 0xffffffff, targetTransferTag });
  peer.expectNothing();
}

/** Nobody is dropped who has not shown that they answer pings. */
function answeringSession(house: ProtocolHarness): Peer {
  const peer = house.session();
  house.pass(30_000);
  answer(peer, pinged(peer));
  return peer;
}

story("An idle connection is pinged, without using up a StatSN", (house) => {
  const peer = house.session();
  house.pass(29_999);
  peer.expectNothing();
  house.pass(1);
  const first = pinged(peer);
  answer(peer, first);
  house.pass(30_000);
  assert(pinged(peer) !== first);
  const { expStatSn } = peer;
  peer.send(nopOut, { immediate: true });
  assertEquals(peer.expect(nopIn).statSn, expStatSn);
});

story("A busy connection is not pinged", (house) => {
  const peer = house.session();
  for (let i = 0; i < 10; i++) {
    house.pass(20_000);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  }
});

story("An initiator that answered pings and then falls silent is gone", (house) => {
  const peer = answeringSession(house);
  house.pass(30_000);
  pinged(peer);
  house.pass(9_999);
  assertEquals(peer.ended, false);
  house.pass(1);
  peer.expectEnd();
  assertStringIncludes(String(peer.error), "Cannot reach the initiator");
});

story("Anything that comes after a ping is a sign of life", (house) => {
  const peer = answeringSession(house);
  house.pass(30_000);
  pinged(peer);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  house.pass(10_000);
  assertEquals(peer.ended, false);
});

story("An initiator that has never answered a ping is left alone", (house) => {
  const peer = house.session();
  for (let i = 0; i < 20; i++) house.pass(30_000);
  assertEquals(peer.ended, false);
  for (let answer = peer.next(); answer !== undefined; answer = peer.next()) assertEquals(answer.name, "nopIn");
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
});

story("A NOP-Out that only acknowledges StatSN is no answer to a ping", (house) => {
  const peer = house.session();
  answer(peer, 0xffffffff);
  house.pass(30_000);
  pinged(peer);
  house.pass(10_000);
  assertEquals(peer.ended, false);
});

story("The tasks of an initiator that is gone are gone too", async (house) => {
  const peer = answeringSession(house);
  house.store.holding.add("write");
  peer.command(write10(0, 1), { write: 512, data: pattern(512) });
  house.pass(30_000);
  pinged(peer);
  house.pass(10_000);
  peer.expectEnd();
  await house.store.release();
  assertEquals(peer.connection.session.tasks.size, 0);
});

story("A connection that does not log in is gone after a while", (house) => {
  const idle = house.connect();
  const slow = house.connect();
  house.pass(10_000);
  slow.deliver(new Uint8Array(20).fill(0x43));
  house.pass(4_999);
  assertEquals([idle.ended, slow.ended], [false, false]);
  house.pass(1);
  assertStringIncludes(String(idle.error), "Cannot wait for the login");
  assertStringIncludes(String(slow.error), "Cannot wait for the login");
});
