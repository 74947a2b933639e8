/**
 * The clients of the comparison, and what they say.
 *
 * @module
 */

import { run } from "../command.ts";
import type { ClientName, Load } from "./loads.ts";

/** What a client did. */
export interface Work {
  readonly operations: number;
  /** Operations per second. */
  readonly rate: number;
  /** Latencies in microseconds, where the client tells them. */
  readonly latency?: { readonly p50: number; readonly p99: number; readonly "p99.9": number; readonly max: number };
}

/** Runs a load for so many seconds with the client that tells its rate, or with another one. */
export function runClient(load: Load, url: string, seconds: number, client: ClientName = load.client): Promise<Work> {
  return clients[client](load, url, seconds);
}

const clients: Readonly<Record<ClientName, (load: Load, url: string, seconds: number) => Promise<Work>>> = {
  "iscsi-perf": runPerf,
  "qemu-img": runQemu,
  lunbox: runOwn,
};

async function runPerf({ depth, size, random }: Load, url: string, seconds: number): Promise<Work> {
  const whole = Math.ceil(seconds);
  const args = ["-m", depth, "-b", size / 512, "-t", whole, ...random ? ["-r"] : []].map(String);
  const rate = averageRate(await run(["iscsi-perf", ...args, url], { timeout: (seconds + 30) * 1000 }));
  return { operations: rate * whole, rate };
}

/**
 * The average of a whole run of `iscsi-perf`: the last figure that it prints.
 *
 * @throws {Error} there is none.
 */
export function averageRate(said: string): number {
  const averages = [...said.matchAll(/iops average (\d+)/g)];
  const rate = Number(averages.at(-1)?.[1]);
  if (!(rate > 0)) throw new Error(`Cannot read what iscsi-perf measured: ${said}`);
  return rate;
}

async function runQemu({ depth, size, reads }: Load, url: string, seconds: number): Promise<Work> {
  // It takes a number of requests; these last about as long on a machine of 2026.
  const operations = Math.ceil(seconds * Math.min(30_000, 400 * 1024 * 1024 / size));
  return await runCounted({ depth, size, operations, write: reads === 0 }, url);
}

/** Runs exactly so many sequential requests with `qemu-img bench`. */
export async function runCounted(
  { depth, size, operations, write }: { depth: number; size: number; operations: number; write: boolean },
  url: string,
): Promise<Work> {
  const args = [...write ? ["-w"] : [], "-c", operations, "-d", depth, "-s", size].map(String);
  const said = await run(["qemu-img", "bench", "-f", "raw", "-t", "none", ...args, url], { timeout: 300_000 });
  return { operations, rate: operations / secondsTaken(said) };
}

/**
 * The seconds that `qemu-img bench` took.
 *
 * @throws {Error} it does not say.
 */
export function secondsTaken(said: string): number {
  const seconds = Number(/Run completed in ([\d.]+) seconds/.exec(said)?.[1]);
  if (!(seconds > 0)) throw new Error(`Cannot read what qemu-img measured: ${said}`);
  return seconds;
}

async function runOwn(load: Load, url: string, seconds: number): Promise<Work> {
  return workOf(await run([...LUNBOX, ...ownWords(load, url), "--duration", String(seconds), "--warm-up", "0"]));
}

/** The arguments of `lunbox bench` for a load, without its length. */
export function ownWords(load: Load, url: string): string[] {
  const { depth, size, reads, random, sessions = 1, digests } = load;
  return [
    ...["bench", url, "--json", "--depth", String(depth), "--block-size", String(size), "--sessions", String(sessions)],
    ...random ? [] : ["--sequential"],
    ...reads === 100 ? [] : ["--reads", String(reads), "--destroy-data"],
    ...digests ? ["--header-digest", "--data-digest"] : [],
  ];
}

/** What `lunbox bench --json` says. */
export function workOf(json: string): Work {
  const { all } = JSON.parse(json);
  return { operations: all.operations, rate: all.rate, latency: all.latency };
}

/** Our own program, which may see processes. */
export const LUNBOX: readonly string[] = [
  Deno.execPath(),
  ...["run", "-A", new URL("../../main.ts", import.meta.url).pathname],
];
