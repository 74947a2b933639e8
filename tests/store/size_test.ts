import { assertEquals, assertThrows } from "@std/assert";
import { formatSize, parseSize } from "../../lib/store/size.ts";

const readable: readonly [string, number][] = [
  ["512", 512],
  ["512B", 512],
  [" 1 k ", 1024],
  ["1KiB", 1024],
  ["1kb", 1000],
  ["10M", 10 * 2 ** 20],
  ["1.5G", 1.5 * 2 ** 30],
  ["1GiB", 2 ** 30],
  ["1GB", 1e9],
  ["2T", 2 * 2 ** 40],
  ["1P", 2 ** 50],
  ["0.5K", 512],
  ["1.3G", Math.floor(1.3 * 2 ** 30 / 512) * 512],
];

Deno.test("parseSize() reads bytes, binary and decimal units", () => {
  for (const [text, size] of readable) assertEquals(parseSize(text), size, text);
});

Deno.test("parseSize() rejects what is no size, says why", () => {
  for (const text of ["", "G", "-1", "1X", "1.5", "1iB", "1e9", "1,5G", "10 MG", "0x10"]) {
    assertThrows(() => parseSize(text), RangeError, "as a size", text);
  }
  assertThrows(() => parseSize("0"), RangeError, "less than one block");
  assertThrows(() => parseSize("0.1K"), RangeError, "less than one block");
  assertThrows(() => parseSize("9P"), RangeError, "too much");
});

Deno.test("formatSize() writes the largest unit that fits", () => {
  const rows: [number, string][] = [
    [512, "512 B"],
    [1024, "1 KiB"],
    [1.5 * 2 ** 30, "1.5 GiB"],
    [1e9, "953.67 MiB"],
    [2 ** 53, "8 PiB"],
  ];
  for (const [size, text] of rows) assertEquals(formatSize(size), text);
});
