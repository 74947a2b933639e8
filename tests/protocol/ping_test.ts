/**
 * Who is gone, and who is not (RFC 7143 §11.18, §11.19).
 *
 * @module
 */

import { itemStory } from "../support/certification.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import type { Peer } from "../support/protocol_peer.ts";
import { type ProtocolHarness, story } from "../support/protocol_harness.ts";
import { answer, pinged } from "../support/pinging.ts";

story("NOP-Out is answered while commands are stuck", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  peer.command(read10(0, 1), { read: 512 });
  peer.send(nopOut);
  peer.expect(nopIn);
  await house.store.release();
  assertEquals(peer.ending().status, 0);
});

/** Nobody is dropped who has not shown that they answer pings. */
function answeringSession(house: ProtocolHarness): Peer {
  const peer = house.session();
  house.pass(30_000);
  answer(peer, pinged(peer));
  return peer;
}

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

itemStory(["MAC 3", "EFI 6", "PXE 6"], "An initiator that has never answered a ping is left alone", (house) => {
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
