import { assertEquals, assertStringIncludes } from "@std/assert";
import { benchJson, type BenchReport, benchText } from "../../lib/cli/bench_report.ts";
import type { LoadOptions, LoadResult } from "../../lib/load/run.ts";
import { Tally } from "../../lib/load/tally.ts";
import { KeptOutput } from "../support/fake_host.ts";

/** 1000 reads in half a second, and as many writes as are asked for. */
function report(different: Partial<LoadOptions> = {}, writes = 0, rest: Partial<LoadResult> = {}): BenchReport {
  const tally = new Tally();
  tally.counting = true;
  for (let i = 0; i < 1000; i++) tally.record(false, i < 990 ? 0.1 : 2);
  for (let i = 0; i < writes; i++) tally.record(true, 0.2);
  tally.verified = 12;
  return {
    url: "iscsi://127.0.0.1:3260/iqn.a/0",
    options: {
      ...{ portal: { hostname: "127.0.0.1", port: 3260 }, login: { initiatorName: "iqn.b" }, lun: 0, depth: 8 },
      ...{ size: 4096, readPercent: 100, random: true, sessions: 1, verify: false, duration: 1, warmUp: 2 },
      ...{ timeout: 1, seed: 3, ...different },
    },
    result: {
      unit: { vendor: "ACME", product: "Disk\x1b[2J", blockSize: 512, blocks: 2 ** 21, maxTransfer: Infinity },
      parameters: {
        ...{ headerDigest: false, dataDigest: false, initialR2T: true, immediateData: true, errorRecoveryLevel: 0 },
        ...{ targetMaxRecvDataSegmentLength: 8192, maxRecvDataSegmentLength: 8192, maxBurstLength: 8192 },
        firstBurstLength: 8192,
      },
      ...{ span: 2 ** 30, seconds: 0.5, tally, interrupted: false, ...rest },
    },
    cpu: { client: 0.25, server: { pid: 42, seconds: 0.1 } },
  };
}

Deno.test("benchText() tells what was measured", () => {
  assertEquals(benchText(report(), new KeptOutput()).split("\n"), [
    "iscsi://127.0.0.1:3260/iqn.a/0",
    "ACME Disk\\x1b[2J, 1 GiB, blocks of 512 bytes",
    "random reads of 4 KiB within 1 GiB, 1 session with 8 in flight, 0.5 s after 2 s of warm-up",
    "",
    "       PER SECOND  MB/S  P50 µs  P90 µs  P99 µs  P99.9 µs  MAX µs",
    "reads  2,000       8.2   100     100     100     2,000     2,000",
    "",
    "   64 to 128 µs   99.0 %  ##################################################",
    "  128 to 256 µs    0.0 %",
    "  256 to 512 µs    0.0 %",
    "0.51 to 1.02 ms    0.0 %",
    "1.02 to 2.05 ms    1.0 %  #",
    "",
    "CPU of the server (process 42): 20 % of a core, 100.0 µs per request",
    "CPU of this program: 50 % of a core, 250.0 µs per request",
    "",
  ]);
});

Deno.test("benchText() tells reads from writes, and how it was measured", () => {
  const digests = { ...report().result.parameters, headerDigest: true, dataDigest: true };
  const mixed = report({ readPercent: 50, random: false, sessions: 3, verify: true }, 1000, {
    parameters: digests,
    interrupted: true,
  });
  mixed.result.tally.retries = 2;
  const text = benchText(mixed, new KeptOutput());
  for (
    const line of [
      "sequential 50 % reads of 4 KiB within 1 GiB, 3 sessions with 8 in flight, header and data digests, 0.5 s",
      "reads   2,000 ",
      "writes  2,000 ",
      "all     4,000       16.4  200     200     200     2,000",
      "reads that were compared with what had been written, and right: 12",
      "commands that the target put off, and that were sent again: 2",
      "interrupted",
    ]
  ) assertStringIncludes(text, line);
});

Deno.test("benchText() can tell of nothing", () => {
  const empty = { ...report(), cpu: { client: 0 } };
  const nothing = { ...empty, result: { ...empty.result, tally: new Tally(), seconds: 0 } };
  assertStringIncludes(benchText(nothing, new KeptOutput()), "reads  0           0.0   0       0 ");
});

Deno.test("benchJson() has rates by the second and times in microseconds", () => {
  const json = JSON.parse(benchJson(report({}, 500)));
  assertEquals([json.reads.operations, json.reads.rate, json.writes.operations, json.all.operations], [
    1000,
    2000,
    500,
    1500,
  ]);
  assertEquals(json.all.latency["p99.9"], 2000);
  assertEquals(json.writes.latency, { min: 200, mean: 200, p50: 200, p90: 200, p99: 200, "p99.9": 200, max: 200 });
  assertEquals(json.writes.histogram, [{ from: 128, to: 256, count: 500 }]);
  assertEquals([json.unit.maxTransfer, json.cpu.server.pid, json.load.span, json.interrupted], [
    null,
    42,
    2 ** 30,
    false,
  ]);
  assertEquals(json.cpu.client, { seconds: 0.25, perOperation: 0.25e6 / 1500 });
});
