import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { spread, summarize } from "../../scripts/bench/summary.ts";

const SPREADS = [
  { values: [3], median: 3, min: 3, max: 3 },
  { values: [9, 1, 2], median: 2, min: 1, max: 9 },
  { values: [10, 2, 4, 1], median: 3, min: 1, max: 10 },
];

for (const { values, ...expected } of SPREADS) {
  Deno.test(`spread() finds the middle and the ends of ${values.join(", ")}`, () => {
    assertEquals(spread(values), expected);
  });
}

Deno.test("spread() throws when there are no values", () => {
  assertThrows(() => spread([]), RangeError, "no values");
});

Deno.test("summarize() compares medians and takes no other load's samples", () => {
  const sample = (contender: string, rate: number, load = "read") => ({
    contender,
    load,
    round: 0,
    rate,
    cpu: rate / 10,
  });
  const samples = [
    ...[sample("lunbox", 300), sample("lunbox", 100), sample("lunbox", 200), sample("lunbox", 9999, "write")],
    ...[sample("tgt", 100), sample("tgt", 110), sample("tgt", 90)],
  ];
  const { ratio, cpuRatio, row } = summarize("read", samples);
  assertEquals([ratio, cpuRatio], [2, 2]);
  assertStringIncludes(row, "| 200 (100..300) | 100 (90..110) | **2.00×** | 20.0 | 10.0 |");
});
