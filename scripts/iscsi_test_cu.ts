/**
 * Runs libiscsi's conformance suite against a served disk and counts what really passed.
 *
 * @example In a shell
 * ```sh
 * deno run -A scripts/iscsi_test_cu.ts
 * deno run -A scripts/iscsi_test_cu.ts --suites Read10,Write10 --verbose
 * deno run -A scripts/iscsi_test_cu.ts --url iscsi://127.0.0.1:3260/iqn.2026-01.example:disk/0
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Scratch } from "../tests/support/scratch.ts";
import { serve, sparse } from "../tests/support/served.ts";
import { attempt, run } from "./command.ts";
import { countOutcomes, parseReport, type TestResult } from "./iscsi_test_cu/report.ts";
import { ASSERTS_NOTHING, REQUIRED_SUITES, RUN_ALONE } from "./iscsi_test_cu/suites.ts";

const HELP = `Usage: deno run -A scripts/iscsi_test_cu.ts [options]

Runs iscsi-test-cu, suite by suite, and prints how each test ended. DESTROYS the data of the LUN.
Exits with 1 when a test of the required suites fails, or a suite cannot be run to its end.

  --suites A,B     only these suites (default: all)
  --required       only the required suites
  --url URL        the LUN to test (default: serve disks, one of them read-only, one removable)
  --strict         a failure in any suite counts
  --json FILE      write every result to a file
  --verbose        print what failed and skipped tests said
`;

/** Runs one suite, or one test of it, and returns its results. */
async function runSuite(name: string, url: string): Promise<{ results: readonly TestResult[]; asserts: number }> {
  const command = ["iscsi-test-cu", "-d", "-v", "-t", `ALL.${name}`, url];
  const { code, stdout, stderr } = await attempt(command, { timeout: SUITE_TIMEOUT });
  try {
    return parseReport(stdout);
  } catch (error) {
    const tail = `${stdout}\n${stderr}`.trim().split("\n").slice(-8);
    const notes = [`${error instanceof Error ? error.message : error} (exit code ${code})`, ...tail];
    return { results: [{ suite: name, test: "(whole suite)", outcome: "fail", notes }], asserts: 0 };
  }
}

/** The results of one suite, with those tests run again that tell the truth only alone. */
async function judgeSuite(name: string, url: string): Promise<TestResult[]> {
  const judged: TestResult[] = [];
  for (const result of (await runSuite(name, url)).results) {
    const full = `${result.suite}.${result.test}`;
    if (result.outcome === "pass" && ASSERTS_NOTHING.has(full)) {
      const { asserts } = await runSuite(full, url);
      judged.push(asserts === 0 ? { ...result, outcome: "void" } : result);
    } else if (result.outcome === "skip" && RUN_ALONE.has(full)) {
      judged.push((await runSuite(full, url)).results[0] ?? result);
    } else judged.push(result);
  }
  return judged;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["help", "required", "strict", "verbose"],
    string: ["suites", "url", "json"],
    alias: { help: "h" },
  });
  if (options.help) {
    say(HELP);
    return 0;
  }
  const known = await listSuites();
  const wanted = options.suites?.split(",") ??
    (options.required ? known.filter((name) => REQUIRED_SUITES.has(name)) : known);
  await using scratch = await Scratch.make();
  const images = [
    { path: await sparse(scratch.path("disk.img"), 256 << 20) },
    { path: await sparse(scratch.path("fixed.img"), 64 << 20), readOnly: true },
    { path: await sparse(scratch.path("ejectable.img"), 64 << 20), removable: true },
  ];
  const served = options.url ? undefined : await serve({ images });
  const results: TestResult[] = [];
  try {
    for (const name of wanted) {
      const judged = await judgeSuite(name, options.url ?? served?.url(SPECIAL_IMAGE[name] ?? 0) ?? "");
      judged.forEach((result) => say(line(result, options.verbose)));
      results.push(...judged);
    }
  } finally {
    await served?.stop();
  }
  if (options.json) await Deno.writeTextFile(options.json, JSON.stringify(results, undefined, 2));
  return conclude(results, options.strict);
}

function conclude(results: readonly TestResult[], strict: boolean): number {
  const failed = results.filter((result) => result.outcome === "fail");
  const counting = failed.filter((result) => strict || REQUIRED_SUITES.has(result.suite.split(".")[0] ?? ""));
  const counts = countOutcomes(results);
  say(
    `\nPASS ${counts.pass}, FAIL ${counts.fail}, SKIP ${counts.skip}, VOID ${counts.void}, of ${results.length} tests\n`,
  );
  if (failed.length > 0) say(`Failed: ${failed.map(({ suite, test }) => `${suite}.${test}`).join(", ")}\n`);
  say(`iscsi-test-cu, ${strict ? "all" : "required"} suites: ${counts.pass} passed, ${counting.length} failed\n`);
  return counting.length === 0 && counts.pass > 0 ? 0 : 1;
}

function line({ suite, test, outcome, notes }: TestResult, verbose: boolean): string {
  const shown = verbose && outcome !== "pass" || outcome === "fail"
    ? notes.map((note) => `        ${note}\n`).join("")
    : "";
  return `${outcome.toUpperCase().padEnd(4)}  ${suite}.${test}${REQUIRED_SUITES.has(suite) ? "  *" : ""}\n${shown}`;
}

async function listSuites(): Promise<string[]> {
  const listed = await run(["iscsi-test-cu", "-l"]);
  return listed.split("\n").flatMap((name) => /^ALL\.([^.]+)$/.exec(name)?.[1] ?? []);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Suites that need another kind of disk than the first, by index. */
const SPECIAL_IMAGE: Readonly<Record<string, number>> = { ReadOnly: 1, PreventAllow: 2, StartStopUnit: 2, NoMedia: 2 };

/** Milliseconds after which a suite hangs. */
const SUITE_TIMEOUT = 120_000;

if (import.meta.main) Deno.exit(await main(Deno.args));
