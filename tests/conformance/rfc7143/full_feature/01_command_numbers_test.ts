/**
 * CmdSN, ExpCmdSN and MaxCmdSN (RFC 7143 §4.2.2.1).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { serialDifference } from "../../../../lib/iscsi/command_window.ts";
import { nopIn, nopOut } from "../../../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, read10, readCapacity, testUnitReady, write10 } from "../../../support/cdbs.ts";
import { itemStory } from "../../../support/certification.ts";

itemStory(["FFP 1.1"], "MaxCmdSN is never below ExpCmdSN - 1 and never goes back", (house) => {
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

itemStory(
  ["FFP 15.3"],
  "The window closes while commands are unanswered and opens with their answers",
  async (house) => {
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
  },
  { queueDepth: 4 },
);

for (
  const { what, away } of [
    { what: "below ExpCmdSN", away: -1 },
    { what: "far below ExpCmdSN", away: -1000 },
    { what: "above MaxCmdSN", away: 128 },
    { what: "far above MaxCmdSN", away: 0x7000_0000 },
  ]
) {
  itemStory(["FFP 1.2"], `A command ${what} is ignored and later ones are served`, (house) => {
    const peer = house.session();
    peer.command(write10(0, 1), { write: 512, data: pattern(512), cmdSn: peer.cmdSn + away >>> 0 });
    peer.expectNothing();
    assertEquals(house.store.calls, []);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}

itemStory(["FFP 1.3"], "A repeated CmdSN is ignored", (house) => {
  const peer = house.session();
  const { cmdSn } = peer;
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  peer.command(testUnitReady, { cmdSn });
  peer.expectNothing();
});
