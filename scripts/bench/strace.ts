/**
 * The system calls of a server at queue depth 1.
 *
 * @module
 */

import type { Scratch } from "../../tests/support/scratch.ts";
import { run, stop } from "../command.ts";
import { runCounted } from "./clients.ts";
import type { Contender } from "./contenders.ts";

/** How often a call was made for one operation. */
export interface Calls {
  readonly contender: string;
  /** By name, the most frequent first. */
  readonly perOperation: readonly (readonly [name: string, count: number])[];
}

/** Reads of the run that is watched. */
const OPERATIONS = 4000;

/** Counts the calls of all threads of a server while it serves sequential reads of 4 KiB, one at a time. */
export async function countCalls(contender: Contender, image: string, scratch: Scratch): Promise<Calls> {
  const served = await contender.start([image]);
  const report = scratch.path(`strace-${contender.name}`);
  try {
    const reads = { depth: 1, size: 4096, operations: OPERATIONS, write: false };
    await runCounted(reads, served.url(0));
    const strace = new Deno.Command("strace", {
      args: ["-c", "-f", "-p", String(served.pid), "-o", report],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    // It says so when it is there.
    const reader = strace.stderr.getReader();
    await reader.read();
    await runCounted(reads, served.url(0));
    stop(strace, "SIGINT");
    await strace.status;
    await reader.cancel();
    return { contender: contender.name, perOperation: callsOf(await Deno.readTextFile(report), OPERATIONS) };
  } finally {
    await served.stop();
    await run(["rm", "-f", report]);
  }
}

/** What `strace -c` says, by operation; calls that hardly ever are made are left out. */
export function callsOf(report: string, operations: number): (readonly [name: string, count: number])[] {
  const found: [string, number][] = [];
  for (const line of report.split("\n")) {
    // % time, seconds, usecs/call, calls, errors (or nothing), name
    const [, calls, name] = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?([a-z]\w*)$/.exec(line) ?? [];
    if (name !== undefined && name !== "total") found.push([name, Number(calls) / operations]);
  }
  return found.filter(([, count]) => count >= 0.01).sort((a, b) => b[1] - a[1]);
}
