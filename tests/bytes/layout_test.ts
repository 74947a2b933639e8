import { assertEquals, assertThrows } from "@std/assert";
import {
  ascii,
  bits,
  bytes,
  type Field,
  flag,
  layout,
  readU16,
  readU24,
  readU32,
  readU64,
  u16,
  u24,
  u32,
  u48,
  u64,
  u8,
  writeU16,
  writeU24,
  writeU32,
  writeU64,
} from "../../lib/bytes/layout.ts";
import { hex } from "../support/hex.ts";

const numbers: readonly [name: string, field: Field<number>, value: number, bytes: string][] = [
  ["u8", u8(1), 0xfe, "00fe0000 00000000 00"],
  ["u16", u16(1), 0xfedc, "00fedc00 00000000 00"],
  ["u24", u24(1), 0xfedcba, "00fedcba 00000000 00"],
  ["u32", u32(1), 0xfedcba98, "00fedcba 98000000 00"],
  ["u48", u48(1), 0xfedcba987654, "00fedcba 98765400 00"],
  ["u64", u64(1), 0x1edcba98765432, "00001edc ba987654 32"],
  ["u64 at its end", u64(1), 2 ** 53, "00002000 00000000 00"],
  ["bits 5 to 3", bits(1, 5, 3), 0b101, "00280000 00000000 00"],
  ["bits 7 to 0", bits(1, 7, 0), 0xff, "00ff0000 00000000 00"],
];

for (const [name, field, value, drawing] of numbers) {
  Deno.test(`${name} fits its drawing when set and read, at any base`, () => {
    const into = new Uint8Array(9);
    field.set(into, value);
    assertEquals(into, hex(drawing));
    assertEquals(field.get(into), value);
    const shifted = new Uint8Array(12);
    field.set(shifted, value, 3);
    assertEquals(shifted.subarray(3), hex(drawing));
    assertEquals(field.get(shifted, 3), value);
  });
}

Deno.test("u64 reads more than 2^53 as a number that is larger than anything exact", () => {
  const value = u64(0).get(hex("ffffffff ffffffff"));
  assertEquals(value, 2 ** 64);
});

Deno.test("bits cuts a value that is too large and leaves its neighbours alone", () => {
  const into = Uint8Array.of(0xff);
  bits(0, 5, 3).set(into, 0b1010);
  assertEquals(into, Uint8Array.of(0b1101_0111));
});

Deno.test("flag changes one bit", () => {
  const into = Uint8Array.of(0x0f);
  const field = flag(0, 7);
  assertEquals(field.get(into), false);
  field.set(into, true);
  assertEquals(into, Uint8Array.of(0x8f));
  field.set(into, false);
  assertEquals(into, Uint8Array.of(0x0f));
});

Deno.test("bytes copies, fills with zeros and cuts what is too long", () => {
  const field = bytes(1, 3);
  const into = new Uint8Array(5).fill(0xee);
  field.set(into, Uint8Array.of(1));
  assertEquals(into, hex("ee010000ee"));
  field.set(into, Uint8Array.of(1, 2, 3, 4));
  assertEquals(into, hex("ee010203ee"));
  assertEquals(field.get(into), Uint8Array.of(1, 2, 3));
});

Deno.test("ascii pads with spaces, cuts, and puts a question mark for what is not ASCII", () => {
  const field = ascii(0, 4);
  const into = new Uint8Array(4);
  field.set(into, "ab");
  assertEquals([into, field.get(into)], [hex("61622020"), "ab"]);
  field.set(into, "aé\nbcd");
  assertEquals(field.get(into), "a??b");
});

Deno.test("layout() throws when a field reaches beyond the end", () => {
  assertThrows(() => layout("RFC 7143 §11.2", 4, { tag: u32(1) }), RangeError, "field tag ends after byte 4");
});

Deno.test("decode() gives back what encode() was given", () => {
  const both = layout("RFC 7143 §11.2", 8, { code: bits(0, 5, 0), final: flag(0, 7), name: ascii(1, 3), tag: u32(4) });
  const values = { code: 0x21, final: true, name: "abc", tag: 0xffffffff };
  const encoded = both.encode(values);
  assertEquals(encoded, hex("a1616263 ffffffff"));
  assertEquals(both.decode(encoded), values);
});

Deno.test("encode() leaves alone what is not given when it writes into bytes", () => {
  const both = layout("RFC 7143 §11.2", 2, { first: u8(0), second: u8(1) });
  assertEquals(both.encode({ second: 2 }, Uint8Array.of(9, 9, 9), 1), Uint8Array.of(9, 9, 2));
});

Deno.test("the numbers of a layout read what they have written when called by themselves", () => {
  const into = new Uint8Array(10);
  const rows: [(b: Uint8Array, at: number, value: number) => void, (b: Uint8Array, at: number) => number, number][] = [
    [writeU16, readU16, 0xff01],
    [writeU24, readU24, 0xff0102],
    [writeU32, readU32, 0xff010203],
    [writeU64, readU64, 0x10203040506070],
  ];
  for (const [write, read, value] of rows) {
    write(into, 1, value);
    assertEquals(read(into, 1), value);
  }
  writeU32(into, 0, -1);
  assertEquals(readU32(into, 0), 0xffffffff);
});
