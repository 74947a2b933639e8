/**
 * Runs libiscsi's conformance suite against several kinds of disks and tells what really passed.
 *
 * @example In a shell
 * ```sh
 * deno task test:conformance
 * deno task test:conformance --only thin --suites Read10,Write10 --verbose
 * deno task test:conformance --url iscsi://127.0.0.1:3260/iqn.2026-01.example:disk/0
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Scratch } from "../tests/support/scratch.ts";
import { whileServing } from "../tests/support/served.ts";
import { type Configuration, configurations, imageOf } from "./iscsi_test_cu/configurations.ts";
import type { TestResult } from "./iscsi_test_cu/report.ts";
import { judge } from "./iscsi_test_cu/run.ts";
import { type Column, formatTable, summarize, tabulate } from "./iscsi_test_cu/table.ts";

const SLOW_SERVER = new URL("../tests/support/slow_server.ts", import.meta.url).pathname;

const kinds = configurations.map(({ name, description }) => `                   ${name}: ${description}`);

const HELP = `Usage: deno task test:conformance [options]

Serves disks of several kinds, runs iscsi-test-cu on each and prints one table of tests and configurations.
Exits with 1 when a test fails anywhere.

  --only A,B       only these configurations:
${kinds.join("\n")}
  --suites A,B     only these suites, or tests such as Read10.Simple
  --url URL        test this LUN instead, and DESTROY its data
  --sanitize       with --url: try SANITIZE, too
  --json FILE      write every result to a file
  --verbose        print what skipped tests said, too
`;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["help", "sanitize", "verbose"],
    string: ["only", "suites", "url", "json"],
    alias: { help: "h" },
  });
  if (options.help) {
    say(HELP);
    return 0;
  }
  const suites = options.suites?.split(",");
  const columns: Column[] = [];
  if (options.url !== undefined) {
    const results = await judge({ urls: [options.url], sanitize: options.sanitize, ...suites ? { suites } : {} });
    columns.push({ name: "url", results });
  } else {
    const wanted = options.only?.split(",");
    const unknown = wanted?.find((name) => !configurations.some((one) => one.name === name));
    if (unknown !== undefined) throw new RangeError(`Cannot test ${unknown}: there is no such configuration`);
    const chosen = configurations.filter(({ name }) => wanted?.includes(name) ?? true);
    // Several at a time: much of the suite is waiting, that of the first configuration most.
    const queue = chosen.entries();
    const worker = async (): Promise<void> => {
      for (const [index, one] of queue) columns[index] = { name: one.name, results: await judgeServed(one, suites) };
    };
    await Promise.all([worker(), worker(), worker()]);
  }
  columns.forEach((column) => say(remarks(column, options.verbose)));
  say(`${formatTable(columns)}\n${summarize(columns)}`);
  if (options.json) await Deno.writeTextFile(options.json, JSON.stringify(columns, undefined, 2));
  const rows = tabulate(columns);
  const failed = rows.some(({ verdict }) => verdict === "fail");
  return failed || !rows.some(({ verdict }) => verdict === "pass") ? 1 : 0;
}

async function judgeServed(one: Configuration, suites: readonly string[] | undefined): Promise<readonly TestResult[]> {
  await using scratch = await Scratch.make();
  let results: readonly TestResult[] = [];
  await whileServing(
    {
      images: [await imageOf(one, scratch)],
      ...one.args ? { args: one.args } : {},
      ...one.workers ? { workers: 2 } : {},
      ...one.slow ? { main: SLOW_SERVER } : {},
    },
    async (served) => {
      const urls = one.twoPaths ? [served.url(), served.url()] : [served.url()];
      results = await judge({ ...one, urls, ...suites ? { suites } : {} });
    },
  );
  return results;
}

/** What the tests that failed (or were skipped) said. */
function remarks({ name, results }: Column, withSkipped: boolean): string {
  return results
    .filter(({ outcome }) => outcome === "fail" || (withSkipped && outcome === "skip"))
    .map(({ suite, test, outcome, notes }) =>
      `${outcome.toUpperCase()}  ${name}: ${suite}.${test}\n` + notes.map((note) => `        ${note}\n`).join("")
    )
    .join("");
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
