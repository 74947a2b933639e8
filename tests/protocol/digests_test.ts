/**
 * Digests of additional header segments and of pings (RFC 7143 §7.8, §11.2.3, §13.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { extendedCdbAhs } from "../../lib/iscsi/pdu/ahs.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/mod.ts";
import { pattern } from "../support/cdbs.ts";
import { story } from "../support/protocol_harness.ts";

const choices = [
  { name: "both digests", keys: { HeaderDigest: "CRC32C,None", DataDigest: "CRC32C,None" }, used: [true, true] },
  { name: "a header digest", keys: { HeaderDigest: "CRC32C", DataDigest: "None,CRC32C" }, used: [true, false] },
  { name: "a data digest", keys: { HeaderDigest: "None,CRC32C", DataDigest: "CRC32C" }, used: [false, true] },
  { name: "no digest", keys: { HeaderDigest: "None", DataDigest: "None" }, used: [false, false] },
] as const;

const both = { keys: choices[0].keys };

story("Additional header segments are part of the header digest", (house) => {
  const peer = house.session(both);
  const ahs = extendedCdbAhs(new Uint8Array(16));
  peer.command(Uint8Array.of(0x7f, 0, 0, 0, 0, 0, 0, 24, 0xff, 0xff), { pdu: { ahs } });
  assertEquals(peer.ending().status, 2);
  peer.command(Uint8Array.of(0x7f), { pdu: { ahs, badHeaderDigest: true } });
  peer.expectEnd();
});

story("A ping whose data digest is wrong is rejected and the connection goes on", (house) => {
  const peer = house.session(both);
  peer.send(nopOut, { immediate: true }, pattern(5), { badDataDigest: true });
  assertEquals(peer.rejected(), rejectReason.dataDigestError);
  peer.send(nopOut, { immediate: true }, pattern(5));
  assertEquals(peer.expect(nopIn).data, pattern(5));
});
