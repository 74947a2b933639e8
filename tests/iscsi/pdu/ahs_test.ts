import { assertEquals, assertThrows } from "@std/assert";
import { rejectReason } from "../../../lib/iscsi/constants.ts";
import { RejectError } from "../../../lib/iscsi/errors.ts";
import { bidirectionalReadAhs, extendedCdbAhs, MAX_CDB_LENGTH, readAhs } from "../../../lib/iscsi/pdu/ahs.ts";

const bidirectional = [0x00, 0x05, 0x02, 0x00, 0x00, 0x01, 0x02, 0x03];
const extended = [0x00, 0x05, 0x01, 0x00, 0xa1, 0xa2, 0xa3, 0xa4];

const good: readonly [name: string, bytes: number[], cdb: number[] | undefined, length: number | undefined][] = [
  ["there are no segments", [], undefined, undefined],
  ["there is a bidirectional read length", bidirectional, undefined, 0x010203],
  ["there is an extended CDB", extended, [0xa1, 0xa2, 0xa3, 0xa4], undefined],
  ["both are there", [...extended, ...bidirectional], [0xa1, 0xa2, 0xa3, 0xa4], 0x010203],
  ["the extended CDB is padded", [0x00, 0x02, 0x01, 0x00, 0xa1, 0, 0, 0], [0xa1], undefined],
  ["an unknown kind comes first", [0x00, 0x01, 0x3f, 0xee, ...bidirectional], undefined, 0x010203],
];

for (const [name, bytes, cdb, length] of good) {
  Deno.test(`readAhs() reads the content when ${name}`, () => {
    const content = readAhs(Uint8Array.from(bytes));
    assertEquals(content.extendedCdb, cdb === undefined ? undefined : Uint8Array.from(cdb));
    assertEquals(content.readDataLength, length);
  });
}

const bad: readonly [name: string, bytes: number[], reason: string][] = [
  ["AHSLength is 0", [0x00, 0x00, 0x01, 0x00], "AHSLength is 0"],
  ["AHSLength of a later segment is 0", [...bidirectional, 0x00, 0x00, 0x02, 0x00], "AHSLength is 0"],
  ["AHSLength is more than is left", [0x00, 0x06, 0x01, 0x00, 1, 2, 3, 4], "more than is left"],
  ["AHSLength is the most that there is", [0xff, 0xff, 0x01, 0x00], "more than is left"],
  ["a segment is cut off", [...bidirectional, 0x00, 0x05], "cut off"],
  ["an extended CDB is empty", [0x00, 0x01, 0x01, 0x00], "extended CDB"],
  ["an extended CDB is too long", [0x00, 0xf6, 0x01, ...new Array(249).fill(0)], "extended CDB"],
  ["a bidirectional length is short", [0x00, 0x04, 0x02, 0x00, 0, 0, 0, 0], "bidirectional"],
  ["a bidirectional length is long", [0x00, 0x06, 0x02, 0x00, 0, 0, 0, 0, 0, 0, 0, 0], "bidirectional"],
  ["two extended CDBs are there", [...extended, ...extended], "two extended"],
  ["two bidirectional lengths are there", [...bidirectional, ...bidirectional], "two bidirectional"],
];

for (const [name, bytes, reason] of bad) {
  Deno.test(`readAhs() rejects the PDU when ${name}`, () => {
    const error = assertThrows(() => readAhs(Uint8Array.from(bytes)), RejectError, reason);
    assertEquals(error.reason, rejectReason.invalidPduField);
  });
}

Deno.test("readAhs() ends with content or a RejectError when the bytes are noise", () => {
  let state = 1;
  const next = (): number => (state = Math.imul(state, 1664525) + 1013904223 | 0) >>> 24;
  for (let round = 0; round < 5000; round++) {
    const bytes = Uint8Array.from({ length: 4 * (next() % 16) }, () => next() % 8);
    try {
      const { extendedCdb } = readAhs(bytes);
      if (extendedCdb !== undefined) assertEquals(extendedCdb.buffer, bytes.buffer);
    } catch (error) {
      if (!(error instanceof RejectError)) throw error;
    }
  }
});

Deno.test("extendedCdbAhs() writes what readAhs() reads when a CDB has 17 to 260 bytes", () => {
  for (let length = 1; length <= MAX_CDB_LENGTH - 16; length++) {
    const rest = Uint8Array.from({ length }, (_, i) => i + 1);
    const segment = extendedCdbAhs(rest);
    assertEquals(segment.length % 4, 0);
    assertEquals(readAhs(segment).extendedCdb, rest);
  }
});

Deno.test("bidirectionalReadAhs writes the drawing of RFC 7143 §11.2.2.4 when encoded", () => {
  const values = { ahsLength: 5, ahsType: 2, readDataLength: 0x010203 };
  assertEquals(bidirectionalReadAhs.encode(values), Uint8Array.from(bidirectional));
});
