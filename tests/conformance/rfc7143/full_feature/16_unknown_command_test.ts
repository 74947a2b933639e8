/**
 * CDBs with operation codes that nobody knows (RFC 7143 §11.4.2, SPC-5).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { itemStory } from "../../../support/certification.ts";
import { pattern, testUnitReady } from "../../../support/cdbs.ts";

/** Codes of every length, and a service action that does not exist. */
const unknown = [[0x1f], [0x44], [0x9f, 0x1f], [0xbf], [0xc1], [0xff]];

for (const bytes of unknown) {
  const cdb = Uint8Array.of(...bytes, ...new Uint8Array(16 - bytes.length));
  const code = bytes.map((byte) => byte.toString(16)).join("/");
  for (const direction of ["nothing", "a read", "a write"] as const) {
    itemStory(["FFP 16.3.7"], `Operation code ${code}, for ${direction}, ends with CHECK CONDITION`, (house) => {
      const peer = house.session();
      const data = pattern(512);
      peer.command(cdb, direction === "a read" ? { read: 512 } : direction === "a write" ? { write: 512, data } : {});
      const { status, sense, residual } = peer.ending();
      assertEquals([status, sense.slice(0, 4)], [2, "5/20"]);
      assertEquals(residual, direction === "nothing" ? 0 : -512);
      peer.command(testUnitReady);
      assertEquals(peer.ending().status, 0);
    });
  }
}

itemStory(["FFP 16.3.7"], "An unknown operation code that wants data is not asked for it", (house) => {
  const peer = house.session();
  peer.command(Uint8Array.of(0xc1, ...new Uint8Array(15)), { write: 4096 });
  const answer = peer.next();
  assertEquals([answer?.name === "r2t", answer?.values.status], [false, 2]);
});
