import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../../lib/load/random.ts";

function several(seed: number, bound: number, count = 1000): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.below(bound));
}

Deno.test("Random gives the same numbers for the same seed, and others for another", () => {
  assertEquals(several(5, 1e9), several(5, 1e9));
  assertNotEquals(several(5, 1e9), several(6, 1e9));
});

for (const bound of [1, 2, 7, 1000, 2 ** 33, 2 ** 53]) {
  Deno.test(`below() stays below ${bound}, and uses all of it`, () => {
    const numbers = several(1, bound, 4000);
    assert(numbers.every((one) => Number.isSafeInteger(one) && one >= 0 && one < bound));
    const quarters = new Set(numbers.map((one) => Math.floor(one / bound * 4)));
    assertEquals(quarters.size, Math.min(4, bound));
  });
}

Deno.test("below() prefers no number", () => {
  const counts = new Array<number>(10).fill(0);
  for (const one of several(3, 10, 100_000)) (counts[one] as number)++;
  // Ten standard deviations.
  assert(counts.every((count) => Math.abs(count - 10_000) < 950), counts.join(" "));
});

Deno.test("fill() leaves nothing that could be squeezed", () => {
  const words = new Int32Array(1024);
  new Random(0).fill(words);
  assertEquals(new Set(words).size, 1024);
});
