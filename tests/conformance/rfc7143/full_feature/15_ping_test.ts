/**
 * NOP-Out and NOP-In (RFC 7143 §11.18, §11.19).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { nopIn, nopOut } from "../../../../lib/iscsi/pdu/mod.ts";
import { pattern } from "../../../support/cdbs.ts";
import { itemStory } from "../../../support/certification.ts";
import { answer, pinged } from "../../../support/pinging.ts";

const pings = [
  { items: ["FFP 15.1.2", "FFP 15.1.1"], name: "without data", length: 0, echoed: 0 },
  { items: ["FFP 15.1.3", "FFP 15.1.4"], name: "with data", length: 100, echoed: 100 },
  { items: ["FFP 15.1.3", "FFP 15.1.4"], name: "with data of odd length", length: 101, echoed: 101 },
  { items: ["FFP 15.1.3", "FFP 15.1.4"], name: "with as much data as the initiator takes", length: 512, echoed: 512 },
  { items: ["FFP 15.1.6", "FFP 15.1.5"], name: "with more data than the initiator takes", length: 1000, echoed: 512 },
] as const;

for (const { items, name, length, echoed } of pings) {
  for (const immediate of [true, false]) {
    itemStory(
      [items[immediate ? 1 : 0], "WIN 27"],
      `${immediate ? "An immediate" : "A numbered"} NOP-Out ${name} is answered with ${echoed} bytes`,
      (house) => {
        const peer = house.session({ keys: { MaxRecvDataSegmentLength: "512" } });
        const { cmdSn, expStatSn } = peer;
        const lun = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0);
        const tag = peer.send(nopOut, { immediate, lun }, pattern(length));
        const answer = peer.expect(nopIn);
        assertEquals([answer.initiatorTaskTag, answer.targetTransferTag, answer.final], [tag, 0xffffffff, true]);
        assertEquals([answer.statSn, answer.expCmdSn], [expStatSn, immediate ? cmdSn : cmdSn + 1]);
        assertEquals(answer.data, pattern(length).slice(0, echoed));
      },
    );
  }
}

itemStory(["FFP 15.2"], "An idle connection is pinged, without using up a StatSN", (house) => {
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
