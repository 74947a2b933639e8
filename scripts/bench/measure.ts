/**
 * One server under one load: operations, time, and the processor time that the server took for them.
 *
 * @module
 */

import type { Served } from "../../tests/support/portal.ts";
import { run } from "../command.ts";
import type { Load, ReadLoad, WriteLoad } from "./loads.ts";

/** A server that takes part. */
export interface Contender {
  /** For the table. */
  readonly name: string;
  /** Starts it. */
  start(): Promise<Served>;
}

/** What one run gave. */
export interface Sample {
  /** The server. */
  readonly contender: string;
  /** The load. */
  readonly load: string;
  /** From 0. */
  readonly round: number;
  /** Operations per second. */
  readonly rate: number;
  /** Microseconds of the server's processor time (user and system, all threads) per operation. */
  readonly cpu: number;
}

/** How long a run is, and which. */
export interface MeasureOptions {
  /** Length of a read load. */
  readonly seconds: number;
  /** Which repetition this is. */
  readonly round: number;
}

/** Starts a fresh server, warms it up, runs `load` against it and stops it. */
export async function measure(contender: Contender, load: Load, options: MeasureOptions): Promise<Sample> {
  const served = await contender.start();
  try {
    // The first second of a fresh process is compilation, and of a file its way into the page cache.
    await runLoad(load, served.url(), 1);
    const before = cpuSeconds(served.pid);
    const { operations, rate } = await runLoad(load, served.url(), options.seconds);
    const cpu = (cpuSeconds(served.pid) - before) * 1e6 / operations;
    return { contender: contender.name, load: load.name, round: options.round, rate, cpu };
  } finally {
    await served.stop();
  }
}

/** What a client did. */
interface Work {
  readonly operations: number;
  readonly rate: number;
}

function runLoad(load: Load, url: string, seconds: number): Promise<Work> {
  return load.kind === "read" ? runReads(load, url, seconds) : runWrites(load, url, seconds);
}

async function runReads({ depth, blocks, random }: ReadLoad, url: string, seconds: number): Promise<Work> {
  const args = ["-m", depth, "-b", blocks, "-t", seconds, ...random ? ["-r"] : []].map(String);
  const said = await run(["iscsi-perf", ...args, url], { timeout: (seconds + 30) * 1000 });
  // The last figure is the average of the whole run.
  const averages = [...said.matchAll(/iops average (\d+)/g)];
  const rate = Number(averages.at(-1)?.[1]);
  if (!(rate > 0)) throw new Error(`Cannot read what iscsi-perf measured: ${said}`);
  return { operations: rate * seconds, rate };
}

async function runWrites({ depth, size, count }: WriteLoad, url: string, seconds: number): Promise<Work> {
  const operations = count * seconds;
  const args = ["-w", "-c", operations, "-d", depth, "-s", size].map(String);
  const said = await run(["qemu-img", "bench", "-f", "raw", "-t", "none", ...args, url], { timeout: 300_000 });
  const [, taken] = /Run completed in ([\d.]+) seconds/.exec(said) ?? [];
  const rate = operations / Number(taken);
  if (!(rate > 0)) throw new Error(`Cannot read what qemu-img measured: ${said}`);
  return { operations, rate };
}

// Fields 14 and 15 of the line, in ticks of 10 ms; the name before them is in parentheses and may hold anything.
function cpuSeconds(pid: number): number {
  const line = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
