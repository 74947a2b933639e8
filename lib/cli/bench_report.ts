/**
 * What `lunbox bench` prints.
 *
 * @module
 */

import { Histogram } from "../load/histogram.ts";
import type { LoadOptions, LoadResult } from "../load/run.ts";
import { formatSize } from "../store/size.ts";
import type { Output } from "./host.ts";
import { printable, type Styles, styles, table } from "./output.ts";

/** What was measured, and on what. */
export interface BenchReport {
  /** The logical unit, without secrets. */
  readonly url: string;
  readonly options: LoadOptions;
  readonly result: LoadResult;
  /** Seconds of processor time while it was measured: the server's where it is known, and ours. */
  readonly cpu: { readonly server?: ProcessTime; readonly client: number };
}

/** Processor time of a process. */
export interface ProcessTime {
  readonly pid: number;
  /** Seconds, of all its threads, in user and system mode. */
  readonly seconds: number;
}

/** Which part of the latencies is told. */
const PERCENTILES = [50, 90, 99, 99.9] as const;

/** Writes a report for people. */
export function benchText(report: BenchReport, output: Output): string {
  const { result, options, url } = report;
  const { unit, tally } = result;
  const style = styles(output);
  const product = printable(`${unit.vendor} ${unit.product}`.trim());
  const lines = [
    style.bold(printable(url)),
    `${product}, ${formatSize(unit.blocks * unit.blockSize)}, blocks of ${unit.blockSize} bytes`,
    `${describe(options, result)}`,
    "",
    ...table(
      ["", "PER SECOND", "MB/S", ...PERCENTILES.map((each) => `P${each} µs`), "MAX µs"],
      kinds(result).map(([name, histogram]) => row(name, histogram, report)),
    ).trimEnd().split("\n"),
    "",
    ...latencies(all(result), output.columns, style),
    ...processorTime(report),
  ];
  if (options.verify) {
    lines.push(`reads that were compared with what had been written, and right: ${count(tally.verified)}`);
  }
  if (tally.retries > 0) {
    lines.push(`commands that the target put off, and that were sent again: ${count(tally.retries)}`);
  }
  if (result.interrupted) lines.push(style.yellow("interrupted: this is what was measured until then"));
  return lines.join("\n") + "\n";
}

/** Writes a report for programs: times in microseconds, rates per second. */
export function benchJson({ url, options, result, cpu }: BenchReport): string {
  const { unit, tally, seconds, span, parameters, interrupted } = result;
  const { depth, size, readPercent, random, sessions, verify, warmUp, seed } = options;
  const operations = tally.operations;
  const figures = Object.fromEntries(
    [["reads", tally.reads], ["writes", tally.writes], ["all", all(result)]].map((
      [name, histogram],
    ) => [name, numbers(histogram as Histogram, size, seconds)]),
  );
  const { server } = cpu;
  return JSON.stringify(
    {
      url,
      unit: { ...unit, maxTransfer: Number.isFinite(unit.maxTransfer) ? unit.maxTransfer : null },
      load: { depth, size, readPercent, random, sessions, verify, warmUp, seed, span },
      parameters,
      seconds,
      ...figures,
      verified: tally.verified,
      retries: tally.retries,
      cpu: {
        ...(server === undefined ? {} : { server: { ...server, perOperation: server.seconds * 1e6 / operations } }),
        client: { seconds: cpu.client, perOperation: cpu.client * 1e6 / operations },
      },
      interrupted,
    },
    undefined,
    2,
  ) + "\n";
}

function describe(options: LoadOptions, { parameters, seconds, span }: LoadResult): string {
  const { readPercent, random, size, sessions, depth, warmUp } = options;
  const what = readPercent === 100 ? "reads" : readPercent === 0 ? "writes" : `${readPercent} % reads`;
  const digests = [parameters.headerDigest ? "header" : "", parameters.dataDigest ? "data" : ""].filter((one) => one);
  return [
    `${random ? "random" : "sequential"} ${what} of ${formatSize(size)} within ${formatSize(span)}`,
    `${count(sessions)} ${sessions === 1 ? "session" : "sessions"} with ${depth} in flight`,
    ...(digests.length > 0 ? [`${digests.join(" and ")} digests`] : []),
    `${Number(seconds.toFixed(1))} s after ${warmUp} s of warm-up`,
  ].join(", ");
}

/** The rows of the table: reads, writes, and all of them where there are both. */
function kinds(result: LoadResult): [name: string, histogram: Histogram][] {
  const { reads, writes } = result.tally;
  if (writes.count === 0) return [["reads", reads]];
  if (reads.count === 0) return [["writes", writes]];
  return [["reads", reads], ["writes", writes], ["all", all(result)]];
}

function all({ tally }: LoadResult): Histogram {
  const both = new Histogram();
  both.add(tally.reads);
  both.add(tally.writes);
  return both;
}

function row(name: string, histogram: Histogram, { options, result }: BenchReport): string[] {
  const rate = result.seconds === 0 ? 0 : histogram.count / result.seconds;
  return [
    name,
    count(rate),
    (rate * options.size / 1e6).toFixed(1),
    ...PERCENTILES.map((each) => micros(histogram.percentile(each))),
    micros(histogram.max),
  ];
}

function numbers(histogram: Histogram, size: number, seconds: number): Record<string, unknown> {
  const rate = seconds === 0 ? 0 : histogram.count / seconds;
  const round = (milliseconds: number) => Math.round(milliseconds * 1e4) / 10;
  return {
    operations: histogram.count,
    rate,
    megabytes: rate * size / 1e6,
    latency: {
      min: round(histogram.min),
      mean: round(histogram.mean),
      ...Object.fromEntries(PERCENTILES.map((each) => [`p${each}`, round(histogram.percentile(each))])),
      max: round(histogram.max),
    },
    histogram: histogram.rows().map((one) => ({ from: round(one.from), to: round(one.to), count: one.count })),
  };
}

/** A bar for each power of two. */
function latencies(histogram: Histogram, columns: number, { cyan }: Styles): string[] {
  const rows = histogram.rows();
  if (rows.length === 0) return [];
  const most = Math.max(...rows.map((one) => one.count));
  const labels = rows.map((one) => span(one.from, one.to));
  const width = Math.max(...labels.map((label) => label.length));
  const room = Math.min(50, Math.max(10, columns - width - 12));
  const lines = rows.map((one, i) => {
    const share = `${(100 * one.count / histogram.count).toFixed(1)} %`.padStart(8);
    // What is there at all is seen, however little it is.
    const bar = one.count === 0 ? "" : "#".repeat(Math.max(1, Math.round(room * one.count / most)));
    return `${(labels[i] ?? "").padStart(width)} ${share}  ${cyan(bar)}`.trimEnd();
  });
  return [...lines, ""];
}

function span(from: number, to: number): string {
  return to < 1 ? `${micros(from)} to ${micros(to)} µs` : `${brief(from)} to ${brief(to)} ms`;
}

function brief(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(0);
}

function processorTime({ cpu, result }: BenchReport): string[] {
  const { tally: { operations }, seconds } = result;
  if (operations === 0 || seconds === 0) return [];
  const tell = (time: number) =>
    `${(100 * time / seconds).toFixed(0)} % of a core, ${(1e6 * time / operations).toFixed(1)} µs per request`;
  const { server, client } = cpu;
  const theirs = server === undefined ? [] : [`CPU of the server (process ${server.pid}): ${tell(server.seconds)}`];
  return [...theirs, `CPU of this program: ${tell(client)}`];
}

function micros(milliseconds: number): string {
  return count(milliseconds * 1000);
}

/** A whole number in groups of three digits. */
function count(value: number): string {
  return Math.round(value).toString().replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
