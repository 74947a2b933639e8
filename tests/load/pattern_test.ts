import { assert, assertEquals } from "@std/assert";
import { checkPattern, labelAt, writePattern } from "../../lib/load/pattern.ts";

/** Two sectors. */
function written(sector: number, generation: number, run: number): Int32Array<ArrayBuffer> {
  const words = new Int32Array(256);
  writePattern(words, sector, generation, run);
  return words;
}

const labels = [
  { sector: 0, generation: 1, run: 0 },
  { sector: 0xffff_ffff, generation: 0xffff_ffff, run: 0xffff_ffff },
  { sector: 2 ** 40 + 3, generation: 7, run: 123_456_789 },
];

for (const { sector, generation, run } of labels) {
  Deno.test(`writePattern() writes what is recognized: sector ${sector}, generation ${generation}`, () => {
    const words = written(sector, generation, run);
    assertEquals(checkPattern(words, sector, generation, run), -1);
    assertEquals(labelAt(words, 5), { sector, generation, run });
    assertEquals(labelAt(words, 255), { sector: sector + 1, generation, run });
  });
}

Deno.test("checkPattern() finds any word that is wrong", () => {
  const words = written(8, 2, 3);
  for (let i = 0; i < words.length; i++) {
    const right = words[i] as number;
    words[i] = right ^ 1 << i % 32;
    const found = checkPattern(words, 8, 2, 3);
    // What the label says wrong is told of the sector as a whole.
    assertEquals(found, i % 128 < 4 ? i - i % 128 : i);
    assertEquals(labelAt(words, i), undefined);
    words[i] = right;
  }
  assertEquals(checkPattern(words, 8, 2, 3), -1);
});

Deno.test("checkPattern() tells other places, generations and runs apart", () => {
  const words = written(8, 2, 3);
  for (const [sector, generation, run] of [[9, 2, 3], [8, 1, 3], [8, 2, 4], [8 + 2 ** 32, 2, 3]] as const) {
    assertEquals(checkPattern(words, sector, generation, run), 0);
  }
});

Deno.test("writePattern() leaves no two sectors alike beyond their labels", () => {
  const words = written(8, 2, 3);
  assert(words.subarray(4, 128).every((word, i) => word !== words[132 + i]));
  assert(new Set(words.subarray(4, 128)).size === 124);
});

Deno.test("labelAt() knows nothing of memory that is empty", () => {
  assertEquals(labelAt(new Int32Array(128), 3), undefined);
  assertEquals(labelAt(new Int32Array(128).fill(-1), 3), undefined);
});
