/**
 * SCSI commands whose headers or fields do not fit.
 *
 * @module
 */

import type { ItemId } from "../items/all.ts";
import { settle } from "../../support/held_store.ts";
import { hostile } from "../../support/hostile_story.ts";
import { assertEquals } from "@std/assert";
import { writeU32 } from "../../../lib/bytes/layout.ts";
import { rejectReason } from "../../../lib/iscsi/constants.ts";
import { extendedCdbAhs } from "../../../lib/iscsi/pdu/ahs.ts";
import { inquiry, pattern, read10, testUnitReady, write10 } from "../../support/cdbs.ts";

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
  hostile(["LIO 2026-04"], `A command with ${name} is rejected`, (house) => {
    const peer = house.session();
    peer.command(inquiry(36), { read: 36, pdu: { ahs } });
    assertEquals(peer.rejected(), rejectReason.invalidPduField);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}

hostile(["SPDK e283c385e7"], "Segments of unknown kinds are passed over", (house) => {
  const peer = house.session();
  peer.command(inquiry(36), { read: 36, pdu: { ahs: Uint8Array.of(0, 5, 0x3f, ...new Uint8Array(5)) } });
  assertEquals(peer.ending().status, 0);
});

hostile(["LIO 2026-04"], "An extended CDB of 260 bytes is a command like any other", (house) => {
  const peer = house.session();
  peer.command(inquiry(36), { read: 36, pdu: { ahs: extendedCdbAhs(new Uint8Array(244)) } });
  assertEquals(peer.ending().status, 0);
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
});

/** Commands whose fields do not fit: CDB, what is expected, immediate data; all end with CHECK CONDITION. */
const commands: readonly {
  items: readonly ItemId[];
  name: string;
  cdb: Uint8Array;
  read?: number;
  write?: number;
  data?: Uint8Array;
}[] = [
  { items: ["tgt d997a70"], name: "READ (16) at 2^63", cdb: block16(0x88, 2 ** 63, 1), read: 512 },
  { items: ["tgt d997a70"], name: "READ (16) at 2^53", cdb: block16(0x88, 2 ** 53, 1), read: 512 },
  { items: ["tgt d997a70"], name: "READ (16) that wraps", cdb: block16(0x88, 2 ** 64 - 2048, 0xffffffff), read: 512 },
  {
    items: ["tgt d997a70"],
    name: "WRITE (16) that wraps",
    cdb: block16(0x8a, 2 ** 64 - 2048, 2),
    write: 1024,
    data: pattern(1024),
  },
  { items: ["tgt d997a70"], name: "READ (10) one block beyond the end", cdb: read10(32767, 2), read: 1024 },
  { items: ["tgt d997a70"], name: "READ (10) at the end", cdb: read10(0xffffffff, 0xffff), read: 0xffff * 512 },
  {
    items: ["LIO c8e639852ad7"],
    name: "COMPARE AND WRITE of 0 blocks without data",
    cdb: Uint8Array.of(0x89, 0xff, ...new Uint8Array(14)),
  },
  {
    items: ["CVE-2022-21546"],
    name: "WRITE SAME with NDOB and reserved bits",
    cdb: Uint8Array.of(0x93, 0xe1, ...new Uint8Array(12), 0xff, 0xff),
  },
  {
    items: [],
    name: "EXTENDED COPY without a list",
    cdb: Uint8Array.of(0x83, 0, ...new Uint8Array(14).fill(0xff)),
    write: 24,
    data: pattern(24),
  },
  {
    items: ["CVE-2024-42416"],
    name: "REPORT SUPPORTED OPCODES of a wild service action",
    cdb: Uint8Array.of(0xa3, 0x0c, 1, 0x9e, 0xff, 0xff, 0, 0, 2, 0, 0, 0),
    read: 512,
  },
  {
    items: ["LIO 2026-04"],
    name: "a variable length CDB without its rest",
    cdb: Uint8Array.of(0x7f, 0, 0, 0, 0, 0, 0, 0xf8, 0, 9),
    read: 512,
  },
];

for (const { items, name, cdb, ...rest } of commands) {
  hostile(items, `${name} ends with CHECK CONDITION`, async (house) => {
    const peer = house.session();
    peer.command(cdb, rest);
    await Promise.resolve();
    const { status, data } = peer.ending();
    assertEquals([status, data.length, house.store.calls], [2, 0, []]);
  });
}

hostile(
  ["CVE-2024-43110", "CVE-2024-8178"],
  "READ BUFFER, REQUEST SENSE and mode pages show nothing of others' memory",
  async (house) => {
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
  },
);

function block16(code: number, lba: number, blocks: number): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb[0] = code;
  writeU32(cdb, 2, Math.floor(lba / 2 ** 32));
  writeU32(cdb, 6, lba % 2 ** 32);
  writeU32(cdb, 10, blocks);
  return cdb;
}

const compareAndWrite = Uint8Array.of(0x89, ...new Uint8Array(15));

hostile(["LIO c8e639852ad7"], "COMPARE AND WRITE of no blocks ends well and moves nothing", (house) => {
  const peer = house.session();
  peer.command(compareAndWrite);
  assertEquals(peer.ending().status, 0);
  peer.command(compareAndWrite, { write: 1024, data: pattern(1024) });
  assertEquals(peer.ending().sense, "5/24/00");
  assertEquals(house.store.calls.filter((call) => call.startsWith("write")), []);
});

/** WRITE SAME (16) of four blocks: the byte of bits, what is expected, how it ends. */
const writeSames = [
  { name: "with NDOB and no data", bits: 0x01, write: undefined, ending: [0, ""] },
  { name: "with NDOB, UNMAP and no data", bits: 0x09, write: undefined, ending: [0, ""] },
  { name: "without NDOB, and no data", bits: 0x00, write: undefined, ending: [2, "5/0e/03"] },
  { name: "without NDOB, and no data, though it says that it writes", bits: 0x00, write: 0, ending: [2, "5/0e/03"] },
  { name: "without NDOB, and half a block", bits: 0x00, write: 256, ending: [2, "5/0e/03"] },
] as const;

for (const { name, bits, write, ending } of writeSames) {
  hostile(["CVE-2022-21546"], `WRITE SAME ${name} ends with ${ending.join(" ").trim()}`, async (house) => {
    const peer = house.session();
    house.store.write(pattern(2048), 0);
    const cdb = Uint8Array.of(0x93, bits, ...new Uint8Array(11), 4, 0, 0);
    peer.command(cdb, write === undefined ? {} : { write, data: pattern(write) });
    await settle();
    const { status, sense } = peer.ending();
    assertEquals([status, sense], [...ending]);
    const zeros = house.store.bytes(0, 2048).every((byte) => byte === 0);
    assertEquals(zeros, status === 0);
  });
}

hostile(["CVE-2024-45063"], "What WRITE BUFFER leaves is its initiator's, and gone when that goes", async (house) => {
  const peer = house.session();
  const other = house.session({ isid: 2 });
  const echo = (code: number, length: number): Uint8Array =>
    Uint8Array.of(code, 0x0a, 0, 0, 0, 0, 0, length >> 8, length & 0xff, 0);
  const data = pattern(256, 0x41);
  for (const length of [256, 16, 256]) {
    peer.command(echo(0x3b, length), { write: length, data: data.subarray(0, length) });
    assertEquals(peer.ending().status, 0);
    peer.command(echo(0x3c, 256), { read: 256 });
    await settle();
    assertEquals(peer.ending().data, data.slice(0, length));
  }
  other.command(echo(0x3c, 256), { read: 256 });
  assertEquals(other.ending().sense, "5/2c/00");
  peer.end();
  const again = house.session();
  again.command(echo(0x3c, 256), { read: 256 });
  assertEquals(again.ending().sense, "5/2c/00");
});
