/**
 * StatSN (RFC 7143 §4.2.2.2).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { nopIn, nopOut, scsiResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { read10, testUnitReady } from "../../../support/cdbs.ts";
import { itemStory } from "../../../support/certification.ts";

itemStory(["FFP 2.1"], "Every answer has the StatSN after that of the one before, from the login on", (house) => {
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

itemStory(
  ["FFP 2.1"],
  "Commands whose store answers out of order have StatSNs in the order of their answers",
  async (house) => {
    const peer = house.session();
    house.store.holding.add("read");
    const late = peer.command(read10(0, 1), { read: 512 });
    const soon = peer.command(read10(0, 1), { read: 512, lun: 1 });
    const { expStatSn } = peer;
    assertEquals(peer.ending(soon).status, 0);
    await house.store.release();
    assertEquals(peer.ending(late).status, 0);
    assertEquals(peer.expStatSn, expStatSn + 1);
  },
);
