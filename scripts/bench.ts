/**
 * Alternates Lunbox with tgt, and istgt where it is installed, on the same file, load by load, and compares rates,
 * processor time per operation and latencies.
 *
 * Machines are shared and noisy: only the ratio of figures taken in alternation means something.
 *
 * @example In a shell
 * ```sh
 * deno task bench --quick
 * deno task bench --loads read-4k-qd32,write-256k-qd8 --rounds 5 --json bench.json
 * deno task bench --readme
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { table } from "../lib/cli/output.ts";
import { Scratch } from "../tests/support/scratch.ts";
import { keepAwake } from "./bench/awake.ts";
import { type Contender, lunbox, peersNamed } from "./bench/contenders.ts";
import { type Load, LOADS } from "./bench/loads.ts";
import { machine } from "./bench/machine.ts";
import { measure, type Sample } from "./bench/measure.ts";
import { performanceText, withPerformance } from "./bench/readme.ts";
import { type Disturbance, measureStalled } from "./bench/stalled.ts";
import { type Calls, countCalls } from "./bench/strace.ts";
import { HEADS, rowsOf, summarize, type Summary } from "./bench/summary.ts";
import { installed } from "./command.ts";

const HELP = `Usage: deno task bench [options]

Alternates Lunbox with its peers on the same file and prints how their rates compare, load by load.

  --loads A,B        only these loads; stalled is a busy LUN beside one with a very slow disk
  --peers A,B        only these peers: tgt, istgt (default those that are installed)
  --rounds N         rounds of each load (3)
  --seconds N        length of each measurement (2)
  --quick            one round of one second
  --executable FILE  a compiled Lunbox instead of deno run
  --awake            keep processors from sleeping meanwhile (needs chrt)
  --gc               tell of Lunbox's garbage collections (needs deno run)
  --strace           count system calls at depth 1, and nothing else
  --json FILE        write every sample to a file
  --readme           write the figures into the README

Loads: ${[...LOADS.map(({ name }) => name), "stalled"].join(", ")}
`;

/** What to do. */
interface Plan {
  readonly loads: readonly Load[];
  readonly stalled: boolean;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly seconds: number;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["help", "quick", "awake", "gc", "strace", "readme"],
    string: ["loads", "peers", "rounds", "seconds", "executable", "json"],
    alias: { help: "h" },
  });
  const wanted = options.loads?.split(",");
  const unknown = wanted?.filter((name) => name !== "stalled" && LOADS.every((load) => load.name !== name)) ?? [];
  if (options.help || unknown.length > 0) {
    say(unknown.length > 0 ? `Cannot run the loads ${unknown.join(", ")}: not known\n\n${HELP}` : HELP);
    return options.help ? 0 : 2;
  }
  const needed = [
    "iscsi-perf",
    "qemu-img",
    "qemu-storage-daemon",
    ...options.strace ? ["strace"] : [],
    ...options.awake ? ["chrt"] : [],
  ];
  const missing = needed.filter((program) => !installed(program));
  if (missing.length > 0) throw new Error(`Cannot compare: ${missing.join(", ")} not installed`);
  const ours = lunbox({
    ...(options.executable === undefined ? {} : { executable: options.executable }),
    ...(options.gc ? { v8Flags: "--trace-gc" } : {}),
  });
  const plan = {
    loads: LOADS.filter(({ name }) => wanted?.includes(name) ?? true),
    stalled: wanted?.includes("stalled") ?? true,
    contenders: [ours, ...peersNamed(options.peers?.split(","))],
    rounds: Number(options.rounds ?? (options.quick ? 1 : 3)),
    seconds: Number(options.seconds ?? (options.quick ? 1 : 2)),
  };
  using _awake = options.awake ? keepAwake() : undefined;
  await using scratch = await Scratch.make();
  const images = [scratch.path("disk.img"), scratch.path("other.img")] as const;
  await fill(images[0], IMAGE_SIZE);
  await fill(images[1], IMAGE_SIZE / 16);
  if (options.strace) {
    for (const contender of plan.contenders) say(callsText(await countCalls(contender, images[0], scratch)));
    return 0;
  }
  const samples: Sample[] = [];
  const summaries = await compare(plan, images, samples);
  const disturbances: Disturbance[] = [];
  for (const contender of plan.stalled ? plan.contenders : []) {
    const found = await measureStalled(contender, { image: images[0], seconds: plan.seconds + 1, scratch });
    disturbances.push(found);
    say(disturbanceText(found));
  }
  const about = { ...machine(), rounds: plan.rounds, seconds: plan.seconds, awake: options.awake };
  if (options.json) {
    const all = { machine: about, summaries, disturbances, samples };
    await Deno.writeTextFile(options.json, JSON.stringify(all, undefined, 2));
  }
  if (options.readme) {
    const text = performanceText(about, LOADS, { summaries, disturbances });
    const path = new URL("../README.md", import.meta.url);
    await Deno.writeTextFile(path, withPerformance(await Deno.readTextFile(path), text));
  }
  return 0;
}

async function compare(
  { loads, contenders, rounds, seconds }: Plan,
  images: readonly [string, string],
  samples: Sample[],
): Promise<Summary[]> {
  const summaries: Summary[] = [];
  for (const load of loads) {
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders) {
        const sample = await measure(contender, load, { seconds, round, images }).catch((error) => {
          // A peer that cannot do it is no reason to learn nothing of the others.
          if (contender.name === "lunbox") throw error;
          say(`${load.name}: ${contender.name} fails: ${error instanceof Error ? error.message : error}\n`);
        });
        if (sample !== undefined) samples.push(sample);
      }
    }
    const summary = summarize(load.name, samples);
    summaries.push(summary);
    // Each load is shown when it is done, under heads of its own: the whole may take half an hour.
    say(`${table(HEADS, rowsOf(summary))}${pausesText(samples.filter((one) => one.load === load.name))}\n`);
  }
  return summaries;
}

function pausesText(samples: readonly Sample[]): string {
  return samples.flatMap(({ pauses, latency }) => {
    if (pauses === undefined) return [];
    const kinds = Object.entries(pauses.kinds).map(([kind, count]) => `${count} ${kind}`).join(", ");
    const sums = `${pauses.total.toFixed(1)} ms together, ${pauses.longest.toFixed(2)} ms the longest`;
    return [`collections: ${kinds}; ${sums}; p99.9 ${latency?.["p99.9"]} µs\n`];
  }).join("");
}

function disturbanceText({ contender, alone, beside, stalledRate }: Disturbance): string {
  const [before, after] = [alone.latency?.p99 ?? NaN, beside.latency?.p99 ?? NaN];
  return `stalled: ${contender}: p99 of the busy LUN ${before} µs alone, ${after} µs (${
    (after / before).toFixed(2)
  }×) ` +
    `beside one that does ${stalledRate.toFixed(1)} a second; rate ${Math.round(alone.rate)}, ${
      Math.round(beside.rate)
    }\n`;
}

function callsText({ contender, perOperation }: Calls): string {
  const sum = perOperation.reduce((total, [, count]) => total + count, 0);
  const calls = perOperation.map(([name, count]) => `${name} ${count.toFixed(2)}`).join(", ");
  return `${contender}: ${sum.toFixed(2)} system calls per operation: ${calls}\n`;
}

/** Writes every block of the image, so that no load reads holes; the page cache then holds it. */
async function fill(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  const chunk = new Uint8Array(1024 * 1024);
  for (let at = 0; at < chunk.length; at += 65536) crypto.getRandomValues(chunk.subarray(at, at + 65536));
  for (let written = 0; written < size; written += chunk.length) {
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Bytes: fits into any machine's page cache, and is far beyond any processor's. */
const IMAGE_SIZE = 1024 * 1024 * 1024;

if (import.meta.main) Deno.exit(await main(Deno.args));
