/**
 * Alternates Lunbox with tgt on the same file, load by load, and compares rates and processor time per operation.
 *
 * Machines are shared and noisy: only the ratio of figures taken in alternation means something.
 *
 * @example In a shell
 * ```sh
 * deno task bench --quick
 * deno task bench --loads read-4k-qd32,write-256k-qd8 --rounds 5 --json bench.json
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Scratch } from "../tests/support/scratch.ts";
import { serveLunbox } from "../tests/support/served.ts";
import { serveTgt } from "../tests/support/tgt.ts";
import { LOADS } from "./bench/loads.ts";
import { type Contender, measure, type Sample } from "./bench/measure.ts";
import { HEADING, summarize, type Summary } from "./bench/summary.ts";
import { installed } from "./command.ts";

const HELP = `Usage: deno task bench [options]

Alternates Lunbox with tgt on the same file and prints the ratio of their rates, load by load.

  --loads A,B        only these loads
  --rounds N         rounds of each load (3)
  --seconds N        length of a read load (2)
  --quick            one round of one second
  --executable FILE  a compiled Lunbox instead of deno run
  --json FILE        write every sample to a file

Loads: ${LOADS.map(({ name }) => name).join(", ")}
`;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["help", "quick"],
    string: ["loads", "rounds", "seconds", "executable", "json"],
    alias: { help: "h" },
  });
  const wanted = options.loads?.split(",");
  const unknown = wanted?.filter((name) => LOADS.every((load) => load.name !== name)) ?? [];
  if (options.help || unknown.length > 0) {
    say(unknown.length > 0 ? `Cannot run the loads ${unknown.join(", ")}: not known\n\n${HELP}` : HELP);
    return options.help ? 0 : 2;
  }
  const missing = ["tgtd", "iscsi-perf", "qemu-img"].filter((program) => !installed(program));
  if (missing.length > 0) throw new Error(`Cannot compare: ${missing.join(", ")} not installed`);
  const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
  const seconds = Number(options.seconds ?? (options.quick ? 1 : 2));
  await using scratch = await Scratch.make();
  const image = scratch.path("disk.img");
  await fill(image);
  const serve = { images: [image], ...options.executable ? { executable: options.executable } : {} };
  const contenders: Contender[] = [
    { name: "lunbox", start: () => serveLunbox(serve) },
    { name: "tgt", start: () => serveTgt({ images: [image] }) },
  ];
  const samples: Sample[] = [];
  const summaries: Summary[] = [];
  say(HEADING);
  for (const load of LOADS.filter(({ name }) => wanted?.includes(name) ?? true)) {
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders) samples.push(await measure(contender, load, { seconds, round }));
    }
    const summary = summarize(load.name, samples);
    summaries.push(summary);
    say(summary.row);
  }
  if (options.json) await Deno.writeTextFile(options.json, JSON.stringify({ summaries, samples }, undefined, 2));
  return 0;
}

/** Writes every block of the image, so that no load reads holes; the page cache then holds it. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  const chunk = new Uint8Array(1024 * 1024);
  for (let at = 0; at < chunk.length; at += 65536) crypto.getRandomValues(chunk.subarray(at, at + 65536));
  for (let written = 0; written < IMAGE_SIZE; written += chunk.length) {
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Bytes: fits into any machine's page cache, and is far beyond any processor's. */
const IMAGE_SIZE = 1024 * 1024 * 1024;

if (import.meta.main) Deno.exit(await main(Deno.args));
