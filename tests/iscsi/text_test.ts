import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeText,
  encodeText,
  formatBoolean,
  formatList,
  parseBoolean,
  parseList,
  parseNumerical,
  TextError,
  type TextPair,
} from "../../lib/iscsi/text.ts";

const texts: readonly [name: string, text: string, pairs: readonly TextPair[]][] = [
  ["nothing", "", []],
  ["one pair", "A=1\0", [["A", "1"]]],
  ["two pairs", "A=1\0B=Yes,No\0", [["A", "1"], ["B", "Yes,No"]]],
  ["an empty value", "SendTargets=\0", [["SendTargets", ""]]],
  ["a value with =", "X-a.b=c=d==\0", [["X-a.b", "c=d=="]]],
  ["a key twice", "A=1\0A=2\0", [["A", "1"], ["A", "2"]]],
  ["letters beyond ASCII", "TargetAlias=Größe 盤\0", [["TargetAlias", "Größe 盤"]]],
];

for (const [name, text, pairs] of texts) {
  Deno.test(`encodeText() and decodeText() round trip when there is ${name}`, () => {
    assertEquals(decodeText(bytes(text)), [...pairs]);
    assertEquals(encodeText(pairs), bytes(text));
  });
}

const tolerated: readonly [name: string, text: string][] = [
  ["the last NUL is missing", "A=1\0B=2"],
  ["NULs follow one another", "A=1\0\0\0B=2\0\0"],
  ["NULs come first", "\0A=1\0B=2\0"],
];

for (const [name, text] of tolerated) {
  Deno.test(`decodeText() reads the pairs when ${name}`, () => {
    assertEquals(decodeText(bytes(text)), [["A", "1"], ["B", "2"]]);
  });
}

const refused: readonly [name: string, text: Uint8Array, reason: string][] = [
  ["there is no =", bytes("A=1\0Yes\0"), `no "=" in "Yes"`],
  ["a key is empty", bytes("=1\0"), "no key"],
  ["a key has 64 bytes", bytes(`${"k".repeat(64)}=1\0`), "64 bytes"],
  ["a key has a blank", bytes("A B=1\0"), "not ASCII"],
  ["a key is not ASCII", bytes("Ä=1\0"), "not ASCII"],
  ["a value is not UTF-8", Uint8Array.of(0x41, 0x3d, 0xff, 0), "not UTF-8"],
];

for (const [name, text, reason] of refused) {
  Deno.test(`decodeText() refuses when ${name}`, () => {
    assertThrows(() => decodeText(text), TextError, reason);
  });
}

Deno.test("decodeText() takes a key when it has 63 bytes", () => {
  const key = "k".repeat(63);
  assertEquals(decodeText(bytes(`${key}=`)), [[key, ""]]);
});

const numbers: readonly [text: string, value: number | undefined][] = [
  ["0", 0],
  ["8192", 8192],
  ["0x2000", 8192],
  ["0XfF", 255],
  ["0x000001", 1],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ["9007199254740992", undefined],
  ["0xffffffffffffffff", undefined],
  ["", undefined],
  ["0x", undefined],
  ["-1", undefined],
  ["+1", undefined],
  [" 1", undefined],
  ["1 ", undefined],
  ["01", undefined],
  ["1e3", undefined],
  ["1.0", undefined],
  ["0b1", undefined],
];

for (const [text, value] of numbers) {
  Deno.test(`parseNumerical() gives ${value} when it reads "${text}"`, () => {
    assertEquals(parseNumerical(text), value);
  });
}

Deno.test("format functions write what the parse functions read when a value is valid", () => {
  assertEquals(parseList(formatList(["CRC32C", "None"])), ["CRC32C", "None"]);
  assertEquals(parseBoolean(formatBoolean(true)), true);
  assertEquals(parseBoolean(formatBoolean(false)), false);
  assertEquals(parseBoolean("yes"), undefined);
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
