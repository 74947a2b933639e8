/**
 * Inputs that crashed or opened other targets: section 3 of the conformance list. The target answers as the standard says
 * or closes that connection, and goes on serving a witness.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { writeU32 } from "../../lib/bytes/layout.ts";
import { opcode, rejectReason } from "../../lib/iscsi/constants.ts";
import { extendedCdbAhs } from "../../lib/iscsi/pdu/ahs.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";
import { inquiry, pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { hostile } from "../support/hostile_story.ts";
import { names, operational, statusOf, step } from "../support/login_story.ts";
import type { Peer } from "../support/protocol_peer.ts";

/** Bytes that come before any login, and whether the connection ends at once. */
const strangers: readonly { name: string; bytes(peer: Peer): Uint8Array; ends: boolean }[] = [
  {
    name: "a login with a data segment longer than 8192 bytes",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, pattern(8193)),
    ends: true,
  },
  {
    name: "a login that says 16 MiB of data",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, pattern(16), { dataSegmentLength: 0xffffff }),
    ends: true,
  },
  {
    name: "a login with 1020 bytes of additional headers and 8192 of data",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, new Uint8Array(8192), { ahs: new Uint8Array(1020) }),
    ends: true,
  },
  { name: "half a header", bytes: (peer) => peer.pdu(pdus.loginRequest).subarray(0, 20), ends: false },
  {
    name: "half a login",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, pattern(100)).subarray(0, 60),
    ends: false,
  },
  {
    name: "an HTTP request",
    bytes: () => text(`GET / HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(50)}\r\n`),
    ends: true,
  },
  { name: "what port scanners send", bytes: () => new Uint8Array(200).fill(0x0d), ends: true },
  { name: "a TLS hello", bytes: () => Uint8Array.of(0x16, 3, 1, 2, 0, ...new Uint8Array(512).fill(0x5a)), ends: false },
  { name: "zeros", bytes: () => new Uint8Array(96), ends: true },
  { name: "ones", bytes: () => new Uint8Array(2048).fill(0xff), ends: true },
];

for (const { name, bytes, ends } of strangers) {
  hostile(`A stranger who sends ${name} harms no one`, (house) => {
    const peer = house.connect();
    peer.deliver(bytes(peer));
    if (ends) peer.expectEnd();
    peer.next();
    peer.expectNothing();
  });
}

for (const code of Object.values(opcode)) {
  if (code === opcode.loginRequest) continue;
  for (const ahs of [0, 1020]) {
    hostile(`Opcode ${code.toString(16)}h with ${ahs} bytes of further headers before a login is the end`, (house) => {
      const peer = house.connect();
      peer.send(pdus.nopOut, { opcode: code }, pattern(16), { ahs: pattern(ahs) });
      peer.expectEnd();
      peer.expectNothing();
    });
  }
}

const labels = [63, 64, 65, 255, 4000];
for (const length of labels) {
  hostile(`A key of ${length} bytes is ${length > 63 ? "refused" : "not understood"}`, (house) => {
    const key = `X-${"k".repeat(length - 2)}`;
    const peer = house.connect();
    const [answer, pairs] = step(peer, operational, [...names, [key, "1"]]);
    if (length > 63) return assertEquals([statusOf(answer), peer.ended], [0x0200, true]);
    assertEquals(new Map(pairs).get(key), "NotUnderstood");
  });
}

for (const value of ["v".repeat(255), "v".repeat(256), "v".repeat(7000)]) {
  hostile(`A value of ${value.length} bytes does no harm in a login`, (house) => {
    for (const key of ["X-key", "InitiatorAlias", "MaxBurstLength", "HeaderDigest"]) {
      const peer = house.connect();
      const [answer] = step(peer, operational, [...names, [key, value]]);
      assert([0, 0x0200].includes(statusOf(answer)));
    }
  });
}

/** Additional header segments of a command, by their bytes. */
const segments: readonly { name: string; ahs: Uint8Array }[] = [
  { name: "an extended CDB of length 0", ahs: Uint8Array.of(0, 0, 1, 0) },
  { name: "an extended CDB of length 1", ahs: Uint8Array.of(0, 1, 1, 0) },
  { name: "an extended CDB longer than all segments", ahs: Uint8Array.of(0x7f, 0xff, 1, 0, 1, 2, 3, 4) },
  { name: "a segment that does not end", ahs: Uint8Array.of(0, 9, 1, 0, 0, 0, 0, 0) },
  { name: "two extended CDBs", ahs: Uint8Array.of(...extendedCdbAhs(pattern(4)), ...extendedCdbAhs(pattern(4))) },
  { name: "a bidirectional length of 9 bytes", ahs: Uint8Array.of(0, 9, 2, ...new Uint8Array(9)) },
];

for (const { name, ahs } of segments) {
  hostile(`A command with ${name} is rejected`, (house) => {
    const peer = house.session();
    peer.command(inquiry(36), { read: 36, pdu: { ahs } });
    assertEquals(peer.rejected(), rejectReason.invalidPduField);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}

hostile("Segments of unknown kinds are passed over", (house) => {
  const peer = house.session();
  peer.command(inquiry(36), { read: 36, pdu: { ahs: Uint8Array.of(0, 5, 0x3f, ...new Uint8Array(5)) } });
  assertEquals(peer.ending().status, 0);
});

hostile("An extended CDB of 260 bytes is a command like any other", (house) => {
  const peer = house.session();
  peer.command(inquiry(36), { read: 36, pdu: { ahs: extendedCdbAhs(new Uint8Array(244)) } });
  assertEquals(peer.ending().status, 0);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
});

/** Commands whose fields do not fit: CDB, what is expected, immediate data; all end with CHECK CONDITION. */
const commands: readonly { name: string; cdb: Uint8Array; read?: number; write?: number; data?: Uint8Array }[] = [
  { name: "READ (16) at 2^63", cdb: block16(0x88, 2 ** 63, 1), read: 512 },
  { name: "READ (16) at 2^53", cdb: block16(0x88, 2 ** 53, 1), read: 512 },
  { name: "READ (16) that wraps", cdb: block16(0x88, 2 ** 64 - 2048, 0xffffffff), read: 512 },
  { name: "WRITE (16) that wraps", cdb: block16(0x8a, 2 ** 64 - 2048, 2), write: 1024, data: pattern(1024) },
  { name: "READ (10) one block beyond the end", cdb: read10(32767, 2), read: 1024 },
  { name: "READ (10) at the end", cdb: read10(0xffffffff, 0xffff), read: 0xffff * 512 },
  { name: "COMPARE AND WRITE of 0 blocks without data", cdb: Uint8Array.of(0x89, 0xff, ...new Uint8Array(14)) },
  { name: "WRITE SAME with NDOB and reserved bits", cdb: Uint8Array.of(0x93, 0xe1, ...new Uint8Array(12), 0xff, 0xff) },
  {
    name: "EXTENDED COPY without a list",
    cdb: Uint8Array.of(0x83, 0, ...new Uint8Array(14).fill(0xff)),
    write: 24,
    data: pattern(24),
  },
  {
    name: "REPORT SUPPORTED OPCODES of a wild service action",
    cdb: Uint8Array.of(0xa3, 0x0c, 1, 0x9e, 0xff, 0xff, 0, 0, 2, 0, 0, 0),
    read: 512,
  },
  { name: "a variable length CDB without its rest", cdb: Uint8Array.of(0x7f, 0, 0, 0, 0, 0, 0, 0xf8, 0, 9), read: 512 },
];

for (const { name, cdb, ...rest } of commands) {
  hostile(`${name} ends with CHECK CONDITION`, async (house) => {
    const peer = house.session();
    peer.command(cdb, rest);
    await Promise.resolve();
    const { status, data } = peer.ending();
    assertEquals([status, data.length, house.store.calls], [2, 0, []]);
  });
}

hostile("READ BUFFER, REQUEST SENSE and mode pages show nothing of others' memory", async (house) => {
  const peer = house.session();
  peer.command(write10(0, 8), { write: 4096, data: new Uint8Array(4096).fill(0xa5) });
  assertEquals(peer.ending().status, 0);
  const cdbs = [[0x3c, 2, 0, 0, 0, 0, 0, 16, 0, 0], [0x03, 0, 0, 0, 255, 0], [0x1a, 0, 0x3f, 0, 255, 0], [
    0x12,
    0,
    0,
    0,
    255,
    0,
  ]];
  for (const cdb of cdbs) {
    peer.command(Uint8Array.from(cdb), { read: 4096 });
    await Promise.resolve();
    assertEquals(peer.ending().data.filter((byte) => byte === 0xa5).length, 0);
  }
});

function block16(code: number, lba: number, blocks: number): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb[0] = code;
  writeU32(cdb, 2, Math.floor(lba / 2 ** 32));
  writeU32(cdb, 6, lba % 2 ** 32);
  writeU32(cdb, 10, blocks);
  return cdb;
}

function text(string: string): Uint8Array {
  return new TextEncoder().encode(string);
}
