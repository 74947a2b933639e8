/**
 * Sessions that a login would join (RFC 7143 §6.3.1, §11.13.5).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { loginStatus } from "../../../../lib/iscsi/constants.ts";
import { loginResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { testUnitReady } from "../../../support/cdbs.ts";
import { isidOf } from "../../../support/protocol_peer.ts";
import { TARGET } from "../../../support/protocol_harness.ts";
import { itemStory } from "../../../support/certification.ts";

/** Connections that would join a session. */
const joins = [
  { name: "a session that is not there", tsih: 0x7777, isid: 1, status: loginStatus.sessionDoesNotExist },
  { name: "a session of another ISID", tsih: 1, isid: 7, status: loginStatus.sessionDoesNotExist },
  { name: "a session that has all its connections", tsih: 1, isid: 1, status: loginStatus.tooManyConnections },
];

for (const { name, tsih, isid, status } of joins) {
  itemStory(["LOGIN 4"], `A connection that would join ${name} is refused with ${status.toString(16)}h`, (house) => {
    const first = house.session();
    assertEquals(first.connection.session.tsih, 1);
    const peer = house.connect();
    const pairs = [["InitiatorName", "iqn.2026-01.org.example:host"], ["TargetName", TARGET]] as const;
    peer.deliver(peer.login(pairs, { isid: isidOf(isid), tsih, cid: 3 }));
    const { statusClass, statusDetail } = peer.expect(loginResponse);
    assertEquals(statusClass << 8 | statusDetail, status);
    peer.expectEnd();
    first.command(testUnitReady);
    assertEquals(first.ending().status, 0);
  });
}
