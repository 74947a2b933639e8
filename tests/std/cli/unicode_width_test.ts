import { assertEquals } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";

const ROWS: [text: string, width: number][] = [
  ["", 0],
  ["hello, world", 12],
  ["\0\n\r\t\x7f\u0080\u009f", 0],
  ["天地玄黃", 8],
  ["ｆｕｌｌ", 8],
  ["한글", 4],
  ["ひらがな", 8],
  ["\u00e1", 1],
  ["a\u0301", 1],
  ["\u200b", 0],
  ["👩", 2],
  ["👩🔬", 4],
  ["éÄßñ", 4],
  ["─│█", 3],
];

for (const [text, width] of ROWS) {
  Deno.test(`unicodeWidth() gives ${JSON.stringify(text)} ${width} columns`, () =>
    assertEquals(unicodeWidth(text), width));
}
