/**
 * Logout (RFC 7143 §11.14, §11.15).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { logoutOutcome } from "../../../../lib/iscsi/constants.ts";
import { logoutRequest, logoutResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { testUnitReady } from "../../../support/cdbs.ts";
import { itemStory } from "../../../support/certification.ts";

/** Each reason of a logout: the CID it names, the response, and whether the connection closes. */
const logouts = [
  {
    items: ["FFP 13.2", "WIN 31", "BSD 4"],
    name: "closes the session",
    reason: 0,
    cid: 0,
    response: logoutOutcome.closed,
    closes: true,
  },
  {
    items: ["FFP 13.2"],
    name: "closes the session, whatever CID it has",
    reason: 0,
    cid: 99,
    response: logoutOutcome.closed,
    closes: true,
  },
  {
    items: ["FFP 13.1"],
    name: "closes the connection",
    reason: 1,
    cid: 0,
    response: logoutOutcome.closed,
    closes: true,
  },
  {
    items: ["FFP 13.3"],
    name: "names a connection that is not there",
    reason: 1,
    cid: 99,
    response: logoutOutcome.cidNotFound,
    closes: false,
  },
  {
    items: [],
    name: "is for recovery",
    reason: 2,
    cid: 0,
    response: logoutOutcome.recoveryNotSupported,
    closes: false,
  },
] as const;

for (const { items, name, reason, cid, response, closes } of logouts) {
  for (const immediate of [true, false]) {
    itemStory(
      items,
      `${immediate ? "An immediate" : "A numbered"} logout that ${name} is answered with ${response}`,
      (house) => {
        const other = house.session({ isid: 2 });
        const peer = house.session();
        const { expStatSn } = peer;
        const tag = peer.send(logoutRequest, { reason, cid, immediate });
        const answer = peer.expect(logoutResponse);
        assertEquals([answer.initiatorTaskTag, answer.response, answer.statSn], [tag, response, expStatSn]);
        assertEquals([answer.final, peer.ended, peer.error], [true, closes, undefined]);
        other.command(testUnitReady);
        assertEquals(other.ending().status, 0);
        if (closes) return assertEquals(peer.events.at(-1), { kind: "logout", reason });
        peer.command(testUnitReady);
        assertEquals(peer.ending().status, 0);
      },
    );
  }
}
