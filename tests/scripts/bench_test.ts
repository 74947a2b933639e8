import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readBytesOf } from "../../scripts/bench/cache.ts";
import { averageRate, ownWords, secondsTaken, workOf } from "../../scripts/bench/clients.ts";
import { peersNamed } from "../../scripts/bench/contenders.ts";
import { pausesOf } from "../../scripts/bench/gc.ts";
import { type Load, LOADS } from "../../scripts/bench/loads.ts";
import { processorOf } from "../../scripts/bench/machine.ts";
import type { Sample } from "../../scripts/bench/measure.ts";
import { performanceText, withPerformance } from "../../scripts/bench/readme.ts";
import { callsOf } from "../../scripts/bench/strace.ts";
import { rowsOf, spread, summarize } from "../../scripts/bench/summary.ts";
import { commandNamed } from "../../lib/cli/commands.ts";
import { parse } from "../../lib/cli/args.ts";

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

function sample(contender: string, rate: number, load = "read-4k-qd1", p99 = 100): Sample {
  const latency = { p50: 1, p99, "p99.9": p99 * 2, max: p99 * 3 };
  return { contender, load, round: 0, rate, cpu: rate / 10, latency };
}

const samples = [
  ...[sample("lunbox", 300), sample("lunbox", 100), sample("lunbox", 200), sample("lunbox", 9999, "other")],
  ...[sample("tgt", 100), sample("tgt", 110), sample("tgt", 90, "read-4k-qd1", 4000), sample("istgt", 50)],
];

Deno.test("summarize() compares medians and takes no other load's samples", () => {
  const { ratios, cpuRatios, servers } = summarize("read-4k-qd1", samples);
  assertEquals([ratios, cpuRatios], [{ tgt: 2, istgt: 4 }, { tgt: 2, istgt: 4 }]);
  assertEquals(servers.lunbox?.rate, { median: 200, min: 100, max: 300 });
  assertEquals(servers.tgt?.p99, { median: 100, min: 100, max: 4000 });
  assertEquals(servers.tgt?.["p99.9"], { median: 200, min: 200, max: 8000 });
});

Deno.test("rowsOf() has a row for each server", () => {
  assertEquals(rowsOf(summarize("read-4k-qd1", samples)), [
    ["read-4k-qd1", "lunbox", "200 (100..300)", "", "20.0", "", "100", ""],
    ["", "tgt", "100 (90..110)", "2.00×", "10.0", "2.00×", "100 (100..4000)", ""],
    ["", "istgt", "50", "4.00×", "5.0", "4.00×", "100", ""],
  ]);
});

Deno.test("averageRate() takes the last figure of iscsi-perf", () => {
  assertEquals(averageRate("\riops average 100 (0 MB/s)\riops average 12345 (48 MB/s)  \n"), 12345);
  assertThrows(() => averageRate("Failed to connect"), Error, "Failed to connect");
});

Deno.test("secondsTaken() reads what qemu-img bench says", () => {
  assertEquals(secondsTaken("Sending 10 read requests\nRun completed in 0.250 seconds.\n"), 0.25);
  assertThrows(() => secondsTaken("qemu-img: Could not open"), Error, "Could not open");
});

Deno.test("workOf() reads what lunbox bench says", () => {
  const latency = { p50: 1, p99: 2, "p99.9": 3, max: 4 };
  assertEquals(workOf(JSON.stringify({ all: { operations: 5, rate: 6, latency, histogram: [] } })), {
    operations: 5,
    rate: 6,
    latency,
  });
});

Deno.test("ownWords() are words that lunbox bench takes, for every load", () => {
  const command = commandNamed("bench");
  for (const load of LOADS) {
    const [name, ...words] = ownWords(load, "iscsi://127.0.0.1/iqn.2001-04.com.example:a/0");
    assertEquals(name, "bench");
    const { values } = parse(words, { options: command?.options ?? [], operands: command?.operands ?? [] });
    const found = values as Record<string, unknown>;
    assertEquals(found["destroy-data"], load.reads < 100);
    assertEquals([found.depth, found.sequential, found["data-digest"]], [
      String(load.depth),
      !load.random,
      load.digests ?? false,
    ]);
  }
});

Deno.test("LOADS are what their clients can do", () => {
  assertEquals(new Set(LOADS.map(({ name }) => name)).size, LOADS.length);
  const fits = (load: Load) =>
    load.client === "lunbox" ||
    (load.sessions === undefined && load.digests === undefined && load.cold === undefined &&
      (load.client === "iscsi-perf" ? load.reads === 100 : load.reads !== 70 && !load.random));
  assertEquals(LOADS.filter((load) => !fits(load)), []);
});

Deno.test("peersNamed() knows its peers", () => {
  assertThrows(() => peersNamed(["lio"]), Error, "Cannot compare with lio: it is none of tgt, istgt");
});

Deno.test("pausesOf() reads what V8 tells of its collections, and nothing else", () => {
  const log = `2026-11-22T23:11:16.426Z INFO  serving
[2:0x556211954000]      205 ms: Scavenge 3.4 (4.4) -> 3.0 (5.2) MB, pooled: 0.0 MB, 15.55 / 0.00 ms (average mu = 1) failure; 
[2:0x556211954000]      212 ms: Scavenge 3.7 (5.7) -> 3.6 (6.7) MB, 6.60 / 0.00 ms (average mu = 1) task;
[2:0x55720c386000]      432 ms: Incremental Mark-Compact 34.7 (60.0) -> 14.0 (40.5) MB, pooled: 14.0 MB, 0.5 / 0.00 ms (+ 17.9 ms in 96 steps) old space
[2:0x55720c386000]      439 ms: Mark-Compact (reduce) 3.7 (5.7) -> 3.6 (6.7) MB, pooled: 0 MB, 1.25 / 0.00 ms idle;
`;
  const { count, total, longest, kinds } = pausesOf(log);
  assertEquals([count, Number(total.toFixed(2)), longest], [4, 23.9, 15.55]);
  assertEquals(kinds, { Scavenge: 2, "Incremental Mark-Compact": 1, "Mark-Compact": 1 });
  assertEquals(pausesOf("INFO login\n").count, 0);
});

Deno.test("callsOf() reads a summary of strace", () => {
  const report = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 49.00    0.003400          85      4000           sendto
 31.00    0.002000          25      8000       100 recvfrom
  1.00    0.000010           1        10           mprotect
------ ----------- ----------- --------- --------- ----------------
100.00    0.006900          17     12010       100 total
`;
  assertEquals(callsOf(report, 4000), [["recvfrom", 2], ["sendto", 1]]);
});

Deno.test("readBytesOf() finds what was read from disks", () => {
  assertEquals(readBytesOf("rchar: 10\nread_bytes: 4096\nwrite_bytes: 7\n"), 4096);
  assertEquals(readBytesOf(""), undefined);
});

Deno.test("processorOf() finds the processor's name", () => {
  assertEquals(processorOf("processor\t: 0\nmodel name\t: AMD EPYC\nflags: x\n"), "AMD EPYC");
  assertEquals(processorOf("processor : 0"), undefined);
});

const machine = { processor: "AMD EPYC", cores: 2, system: "Linux 6.1", date: "2026-11-22", rounds: 3, seconds: 2 };

Deno.test("performanceText() compares with tgt, load by load", () => {
  const work = (p99: number) => ({ operations: 1, rate: 1, latency: { p50: 1, p99, "p99.9": 1, max: 1 } });
  const disturbances = [{ contender: "lunbox", alone: work(450), beside: work(1200), stalledRate: 1 }];
  const summaries = [summarize("read-4k-qd1", samples), summarize("other", samples)];
  const text = performanceText(machine, LOADS, { summaries, disturbances });
  assertStringIncludes(text, "`deno task bench --rounds 3 --seconds 2` on 2026-11-22: AMD EPYC, 2 cores, Linux 6.1;");
  const awake = performanceText({ ...machine, awake: true }, LOADS, { summaries, disturbances }).replaceAll("\n", " ");
  assertStringIncludes(awake, "`deno task bench --awake --rounds 3 --seconds 2` on 2026-11-22:");
  assertStringIncludes(awake, "processors kept from sleeping");
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  assertEquals(rows.length, 3);
  const cells = rows[2]?.split("|").map((cell) => cell.trim());
  assertEquals(cells, ["", "4 KiB random read, depth 1", "200", "100", "2.00×", "2.00×", "100 µs / 100 µs", ""]);
  assertStringIncludes(text.replaceAll("\n", " "), "the P99 of a busy LUN of Lunbox goes from 450 µs to 1.2 ms.");
  assertEquals(text.split("\n").filter((line) => line.length > 120 && !line.startsWith("|")), []);
});

Deno.test("withPerformance() writes between the marks, and only there", () => {
  const [from, to] = ["<!-- measured: deno task bench --readme -->", "<!-- end of what was measured -->"];
  assertEquals(withPerformance(`a\n${from}\nold\n${to}\nb\n`, "new"), `a\n${from}\n\nnew\n\n${to}\nb\n`);
  assertThrows(() => withPerformance("a\nb\n", "new"), Error, "is not there");
});

Deno.test("the README has a place for the figures", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  assertStringIncludes(withPerformance(readme, "the new ones"), "the new ones");
});
