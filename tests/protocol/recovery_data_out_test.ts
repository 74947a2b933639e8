/**
 * Headers that are damaged, and what is asked for again (RFC 7143 §7.7 to §7.9).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SEQUENCE_WAIT } from "../../lib/iscsi/data_recovery.ts";
import { r2t } from "../../lib/iscsi/pdu/mod.ts";
import { testUnitReady, write10 } from "../support/cdbs.ts";
import { story } from "../support/protocol_harness.ts";
import { atLevel, recoveryStory } from "../support/recovery_story.ts";

const digests = { HeaderDigest: "CRC32C", DataDigest: "CRC32C" };

const length = 4096;

story("At level 0 nothing is asked for again, however long it takes", (house) => {
  const peer = house.session();
  peer.command(write10(0, 8), { write: length });
  peer.expect(r2t);
  house.pass(1);
  house.pass(SEQUENCE_WAIT * 2);
  peer.expectNothing();
});

recoveryStory("Two damaged headers in a row end the connection", (house) => {
  const peer = house.session(atLevel(1, digests));
  for (let i = 0; i < 2; i++) peer.command(testUnitReady, { pdu: { badHeaderDigest: true } });
  peer.expectEnd();
});

recoveryStory("A damaged header with a length that is wrong ends the connection", (house) => {
  const peer = house.session(atLevel(1, digests));
  peer.command(testUnitReady, { pdu: { badHeaderDigest: true, dataSegmentLength: 40 } });
  for (let i = 0; i < 32 && !peer.ended; i++) peer.command(testUnitReady);
  peer.expectEnd();
});

story("At level 0 a damaged header ends the connection", (house) => {
  const peer = house.session({ keys: digests });
  peer.command(testUnitReady, { pdu: { badHeaderDigest: true } });
  peer.expectEnd();
});

recoveryStory("From level 1 on one R2T is open at a time", (house) => {
  const peer = house.connect();
  const agreed = peer.logIn(atLevel(1, { MaxOutstandingR2T: "8", MaxBurstLength: "1024", FirstBurstLength: "512" }));
  assertEquals(agreed.get("MaxOutstandingR2T"), "1");
  peer.command(testUnitReady);
  peer.ending();
  peer.command(write10(0, 8), { write: length });
  peer.expect(r2t);
  peer.expectNothing();
});
