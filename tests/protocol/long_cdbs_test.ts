/**
 * CDBs of 32 bytes: 16 of them in the header, the others in an additional header segment (RFC 7143 §11.2.2.3).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { block32, getLbaStatus32Cdb, orWrite32Cdb, writeSame32Cdb } from "../../lib/scsi/block_cdbs.ts";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { extendedCdbAhs } from "../../lib/iscsi/pdu/ahs.ts";
import { r2t } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { settle } from "../support/held_store.ts";
import { story } from "../support/protocol_harness.ts";
import type { CommandOptions, Ending, LogIn, Peer } from "../support/protocol_peer.ts";

const action = {
  read: 0x09,
  verify: 0x0a,
  write: 0x0b,
  writeAndVerify: 0x0c,
  writeSame: 0x0d,
  orWrite: 0x0e,
  writeAtomic: 0x0f,
  getLbaStatus: 0x12,
} as const;

function cdb32(serviceAction: number, fields: { lba: number; blocks: number; bytchk?: number; fua?: boolean }) {
  return block32.encode({ opcode: 0x7f, additionalLength: 24, serviceAction, ...fields });
}

/** Sends a CDB with as many bytes of it as given in an additional header segment, and answers what R2Ts ask for. */
async function send(
  peer: Peer,
  cdb: Uint8Array,
  options: CommandOptions = {},
  data: Uint8Array = new Uint8Array(0),
): Promise<Ending> {
  const tag = peer.command(cdb, { ...options, pdu: { ahs: extendedCdbAhs(cdb.subarray(16)) } });
  const immediate = options.data?.length ?? 0;
  for (let at = immediate; at < data.length;) {
    const asked = peer.expect(r2t);
    sendSequence(peer, asked, data);
    await settle();
    at = asked.bufferOffset + asked.desiredDataTransferLength;
  }
  await settle();
  return peer.ending(tag);
}

async function write(peer: Peer, cdb: Uint8Array, data: Uint8Array, immediate = 0): Promise<string> {
  const now = immediate === 0 ? {} : { data: data.subarray(0, immediate) };
  const { status, sense, residual } = await send(peer, cdb, { write: data.length, ...now }, data);
  assertEquals([status, residual], [sense === "" ? 0 : 2, 0]);
  return sense;
}

async function read(peer: Peer, lba: number, blocks: number): Promise<Uint8Array> {
  const ending = await send(peer, cdb32(action.read, { lba, blocks }), { read: blocks * 512 });
  assertEquals([ending.status, ending.residual], [0, 0]);
  return ending.data;
}

const logins: readonly (readonly [name: string, login: LogIn, cut: number])[] = [
  ["without digests", {}, Infinity],
  ["with digests", { keys: { HeaderDigest: "CRC32C", DataDigest: "CRC32C" } }, Infinity],
  ["in pieces of 7 bytes", { keys: { HeaderDigest: "CRC32C" } }, 7],
];

for (const [name, login, cut] of logins) {
  story(`Commands with 32 bytes move what those with 10 do, ${name}`, async (house) => {
    const peer = house.session(login);
    peer.cut = cut;
    const lba = 300;
    const data = pattern(20 * 512, 3);
    assertEquals(await write(peer, cdb32(action.write, { lba, blocks: 20, fua: true }), data), "");
    assertEquals(await read(peer, lba, 20), data);
    peer.command(read10(lba, 20), { read: data.length });
    assertEquals(peer.ending().data, data);

    const bytchk = { lba, blocks: 20, bytchk: 1 };
    assertEquals(await write(peer, cdb32(action.verify, bytchk), data), "");
    assertEquals(await write(peer, cdb32(action.verify, bytchk), pattern(data.length, 4)), "e/1d/00");
    assertEquals((await send(peer, cdb32(action.verify, { lba, blocks: 20 }))).status, 0);
    const other = pattern(data.length, 9);
    assertEquals(await write(peer, cdb32(action.writeAndVerify, bytchk), other, 1024), "");
    assertEquals(await read(peer, lba, 20), other);
  });
}

story("WRITE SAME (32) fills blocks with one, or with zeros without any", async (house) => {
  const peer = house.session();
  const same = (fields: { lba: number; blocks: number; noDataOut?: boolean }) =>
    writeSame32Cdb.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: action.writeSame, ...fields });
  const block = pattern(512, 5);
  assertEquals(await write(peer, same({ lba: 40, blocks: 3 }), block), "");
  const filled = await read(peer, 40, 4);
  for (const at of [0, 512, 1024]) assertEquals(filled.subarray(at, at + 512), block);
  assertEquals(filled.subarray(1536), new Uint8Array(512));
  assertEquals((await send(peer, same({ lba: 41, blocks: 1, noDataOut: true }))).status, 0);
  assertEquals(await read(peer, 41, 1), new Uint8Array(512));
});

story("ORWRITE (32) sets bits of its generation, and a new generation clears some", async (house) => {
  const peer = house.session();
  const change = (fields: { bitmapOperation?: number; expectedGeneration?: number; newGeneration?: number }) =>
    orWrite32Cdb.encode({
      ...{ opcode: 0x7f, additionalLength: 24, serviceAction: action.orWrite, lba: 7, blocks: 1 },
      ...{ previousGenerationProcessing: 7 },
      ...fields,
    });
  const all = (byte: number) => new Uint8Array(512).fill(byte);
  assertEquals(await write(peer, change({}), all(0b1100)), "");
  assertEquals(await write(peer, change({}), all(0b0011)), "");
  assertEquals(await read(peer, 7, 1), all(0b1111));
  assertEquals(await write(peer, change({ bitmapOperation: 1, newGeneration: 0x8000_0001 }), all(0b0110)), "");
  assertEquals(await read(peer, 7, 1), all(0b0110));
  assertEquals((await send(peer, change({}), { write: 512 })).sense, "5/2c/0c");
  assertEquals(await write(peer, change({ expectedGeneration: 0x8000_0001 }), all(0b1000)), "");
  assertEquals(await read(peer, 7, 1), all(0b1110));
});

story("GET LBA STATUS (32) tells of blocks, and an LBA at the end is told apart from one beyond", async (house) => {
  const peer = house.session();
  const last = 32767;
  const ask = (lba: number) =>
    getLbaStatus32Cdb.encode({
      ...{ opcode: 0x7f, additionalLength: 24, serviceAction: action.getLbaStatus, lba, allocationLength: 24 },
    });
  const { status, data } = await send(peer, ask(last), { read: 24 });
  assertEquals([status, data.length, [...data.subarray(12, 20)]], [0, 24, [0, 0, 0x7f, 0xff, 0, 0, 0, 1]]);
  assertEquals((await send(peer, ask(last + 1), { read: 24 })).sense, "5/21/00");
  // The upper half of the address is in the segment's first bytes.
  const far = cdb32(action.read, { lba: 0x1_0000_0000, blocks: 1 });
  assertEquals((await send(peer, far, { read: 512 })).sense, "5/21/00");
});

/** CDBs that are not as long as they say, or not as long as they have to be; all end with INVALID FIELD IN CDB. */
const misfits: readonly { name: string; cdb: Uint8Array; ahs?: Uint8Array }[] = [
  { name: "no segment for its second half", cdb: cdb32(action.read, { lba: 0, blocks: 1 }) },
  { name: "a segment that ends before the CDB", ...cutTo(31) },
  { name: "a segment with one byte of it", ...cutTo(17) },
  { name: "an ADDITIONAL CDB LENGTH of more than there is", ...changed(7, 28) },
  { name: "an ADDITIONAL CDB LENGTH of less than there is", ...changed(7, 8) },
  { name: "a service action that nobody has", ...changed(9, 0x77) },
  { name: "a service action of two bytes", ...changed(8, 1) },
  { name: "a reserved bit behind its first 16 bytes", ...reservedBit() },
];

function cutTo(length: number): { cdb: Uint8Array; ahs: Uint8Array } {
  const cdb = cdb32(action.read, { lba: 0, blocks: 1 });
  return { cdb, ahs: extendedCdbAhs(cdb.subarray(16, length)) };
}

function changed(byte: number, value: number): { cdb: Uint8Array; ahs: Uint8Array } {
  const cdb = cdb32(action.read, { lba: 0, blocks: 1 });
  cdb[byte] = value;
  return { cdb, ahs: extendedCdbAhs(cdb.subarray(16)) };
}

/** An element identifier, of which there is none. */
function reservedBit(): { cdb: Uint8Array; ahs: Uint8Array } {
  const cdb = getLbaStatus32Cdb.encode({
    ...{ opcode: 0x7f, additionalLength: 24, serviceAction: action.getLbaStatus, elementIdentifier: 0x0100 },
  });
  return { cdb, ahs: extendedCdbAhs(cdb.subarray(16)) };
}

for (const { name, cdb, ahs } of misfits) {
  story(`A command with 32 bytes that has ${name} ends with an error, and moves nothing`, (house) => {
    const peer = house.session();
    peer.command(cdb, { read: 512, ...ahs === undefined ? {} : { pdu: { ahs } } });
    const { status, sense, data } = peer.ending();
    assertEquals([status, sense, data.length], [2, "5/24/00", 0]);
    peer.command(testUnitReady);
    assertEquals(peer.ending().status, 0);
  });
}

const write32 = cdb32(action.write, { lba: 0, blocks: 1 });
const rest = extendedCdbAhs(write32.subarray(16));

/** Segments that are none; all are rejected as a whole, and their data with them. */
const malformed: readonly { name: string; ahs: Uint8Array }[] = [
  { name: "AHSLength 0", ahs: withLength(0) },
  { name: "AHSLength 1, which is a reserved byte and no CDB", ahs: withLength(1) },
  { name: "AHSLength beyond TotalAHSLength", ahs: withLength(22) },
  { name: "a CDB of 261 bytes", ahs: extendedCdbAhs(new Uint8Array(245)) },
  { name: "two second halves", ahs: Uint8Array.of(...rest, ...rest) },
  { name: "a third segment that is cut off", ahs: Uint8Array.of(...rest, 0, 9, 2, 0) },
];

function withLength(length: number): Uint8Array {
  const segment = rest.slice();
  segment[1] = length;
  return segment;
}

for (const { name, ahs } of malformed) {
  story(`A WRITE (32) with ${name} is rejected, and writes nothing`, async (house) => {
    const peer = house.session();
    peer.command(write32, { write: 512, data: pattern(512), pdu: { ahs } });
    assertEquals(peer.rejected(), rejectReason.invalidPduField);
    assertEquals(await read(peer, 0, 1), new Uint8Array(512));
  });
}

story("Segments around the second half of a CDB are passed over", async (house) => {
  const peer = house.session();
  const unknown = Uint8Array.of(0, 5, 0x3f, 1, 2, 3, 4, 5);
  const data = pattern(512, 2);
  peer.command(write32, { write: 512, data, pdu: { ahs: Uint8Array.of(...unknown, ...rest, ...unknown) } });
  assertEquals(peer.ending().status, 0);
  assertEquals(await read(peer, 0, 1), data);
});

story("A damaged segment is found by the header digest", async (house) => {
  const peer = house.session({ keys: { HeaderDigest: "CRC32C" } });
  peer.command(write32, { write: 512, data: pattern(512), pdu: { ahs: rest, badHeaderDigest: true } });
  peer.expectEnd();
  const again = house.session({ isid: 2 });
  assertEquals(await read(again, 0, 1), new Uint8Array(512));
});
