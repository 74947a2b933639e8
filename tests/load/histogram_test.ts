import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Histogram } from "../../lib/load/histogram.ts";
import { Random } from "../../lib/load/random.ts";

function of(...durations: number[]): Histogram {
  const histogram = new Histogram();
  for (const duration of durations) histogram.record(duration);
  return histogram;
}

Deno.test("Histogram is empty at first", () => {
  const histogram = new Histogram();
  assertEquals(
    [histogram.count, histogram.mean, histogram.min, histogram.max, histogram.percentile(99)],
    Array(5).fill(0),
  );
  assertEquals(histogram.rows(), []);
});

Deno.test("Histogram knows count, mean, least and greatest exactly", () => {
  const { count, mean, min, max } = of(0.0123, 1, 250.5);
  assertEquals([count, min, max], [3, 0.0123, 250.5]);
  assertAlmostEquals(mean, (0.0123 + 1 + 250.5) / 3, 1e-12);
});

Deno.test("percentile() is within one percent of a sorted list's", () => {
  const random = new Random(1);
  const durations = Array.from({ length: 10_000 }, () => 2 ** (random.below(20_000) / 1000 - 7));
  const histogram = of(...durations);
  durations.sort((a, b) => a - b);
  for (const percent of [0, 1, 10, 50, 90, 99, 99.9, 99.99, 100]) {
    const exact = durations[Math.max(0, Math.ceil(durations.length * percent / 100) - 1)] as number;
    const found = histogram.percentile(percent);
    assert(Math.abs(found - exact) <= 0.01 * exact, `${percent}: ${found} instead of ${exact}`);
  }
});

Deno.test("percentile() does not go beyond what was seen", () => {
  const histogram = of(1000.3);
  for (const percent of [0, 50, 100]) assertEquals(histogram.percentile(percent), 1000.3);
});

Deno.test("record() takes what is longer than it can tell apart", () => {
  const histogram = of(1e9, 1);
  assertEquals([histogram.count, histogram.max], [2, 1e9]);
  assertEquals(histogram.rows().reduce((sum, { count }) => sum + count, 0), 2);
});

Deno.test("add() counts what another one counted", () => {
  const both = of(1, 2);
  both.add(of(0.5, 8));
  both.add(new Histogram());
  assertEquals([both.count, both.min, both.max], [4, 0.5, 8]);
  assertEquals(both.rows(), of(1, 2, 0.5, 8).rows());
});

Deno.test("clear() forgets everything", () => {
  const histogram = of(1, 2);
  histogram.clear();
  histogram.record(3);
  assertEquals([histogram.count, histogram.min, histogram.max, histogram.percentile(1)], [1, 3, 3, 3]);
});

Deno.test("rows() counts each latency once, by powers of two of a microsecond", () => {
  const rows = of(0.1, 0.12, 0.2, 1.5).rows();
  assertEquals(rows.map(({ count }) => count), [2, 1, 0, 0, 1]);
  assertEquals([rows[0]?.from, rows[0]?.to, rows.at(-1)?.to], [0.064, 0.128, 2.048]);
});
