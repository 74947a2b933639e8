import { assertEquals } from "@std/assert";
import {
  decodeBase64,
  decodeBinary,
  decodeHex,
  type DecodeOptions,
  encodeBase64,
  encodeBinary,
  encodeHex,
} from "../../lib/bytes/encoding.ts";

/** RFC 4648 §10, and bytes that need the last two digits. */
const pairs: readonly [bytes: Uint8Array, base64: string, hex: string][] = [
  [ascii(""), "", ""],
  [ascii("f"), "Zg==", "66"],
  [ascii("fo"), "Zm8=", "666f"],
  [ascii("foo"), "Zm9v", "666f6f"],
  [ascii("foob"), "Zm9vYg==", "666f6f62"],
  [ascii("fooba"), "Zm9vYmE=", "666f6f6261"],
  [ascii("foobar"), "Zm9vYmFy", "666f6f626172"],
  [Uint8Array.of(0xfb, 0xff, 0xfe), "+//+", "fbfffe"],
];

for (const [bytes, base64, hex] of pairs) {
  Deno.test(`encodeBase64() and encodeHex() round trip when the text is "${base64}"`, () => {
    assertEquals(encodeBase64(bytes), base64);
    assertEquals(decodeBase64(base64), bytes);
    assertEquals(encodeHex(bytes), hex);
    assertEquals(decodeHex(hex), bytes);
    assertEquals(decodeHex(hex.toUpperCase()), bytes);
  });
}

Deno.test("decodeBase64() gives back every byte when it reads what encodeBase64() wrote", () => {
  for (let length = 250; length < 256; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    assertEquals(decodeBase64(encodeBase64(bytes)), bytes);
  }
});

const rows: readonly [text: string, options: DecodeOptions, value: number[] | undefined][] = [
  ["0x0a1B", {}, [0x0a, 0x1b]],
  ["0X0a", {}, [0x0a]],
  ["0b/w==", {}, [0xff]],
  ["0B/w==", {}, [0xff]],
  ["0x", {}, undefined],
  ["0b", {}, undefined],
  ["", {}, undefined],
  ["0a1b", {}, undefined],
  ["0x1g", {}, undefined],
  ["0x 1", {}, undefined],
  ["0x123", {}, undefined],
  ["0x123", { lenient: true }, [0x01, 0x23]],
  ["0b/w", {}, undefined],
  ["0b/w", { lenient: true }, [0xff]],
  ["0b/w=", { lenient: true }, undefined],
  ["0b//==", {}, undefined],
  ["0b//==", { lenient: true }, [0xff]],
  ["0b/", { lenient: true }, undefined],
  ["0b/w==/w==", {}, undefined],
  ["0b====", {}, undefined],
  ["0b//-_", {}, undefined],
  ["0x0102", { maxLength: 2 }, [1, 2]],
  ["0x010203", { maxLength: 2 }, undefined],
  ["0bAQI=", { maxLength: 2 }, [1, 2]],
  ["0bAQID", { maxLength: 2 }, undefined],
];

for (const [text, options, value] of rows) {
  Deno.test(`decodeBinary() gives ${value ?? "nothing"} when it reads "${text}" with ${JSON.stringify(options)}`, () => {
    assertEquals(decodeBinary(text, options), value === undefined ? undefined : Uint8Array.from(value));
  });
}

Deno.test("encodeBinary() writes a hex constant when it is given bytes", () => {
  assertEquals(encodeBinary(Uint8Array.of(0, 255)), "0x00ff");
});

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
