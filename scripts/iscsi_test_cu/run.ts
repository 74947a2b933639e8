/**
 * Runs `iscsi-test-cu` on a unit and judges its tests one by one.
 *
 * @module
 */

import { attempt } from "../command.ts";
import { parseReport, type Report, type TestResult } from "./report.ts";
import { ASSERTS_NOTHING, listed, RUN_ALONE, understood, WRITE_UNASKED } from "./suites.ts";

/** What the suite is run on, and how. */
export interface Judged {
  /** One URL, or two that lead to the same unit. */
  readonly urls: readonly string[];
  /** SANITIZE may be tried. */
  readonly sanitize?: boolean;
  /** Only these suites, for example `Read10`, or tests, for example `Read10.Simple`. */
  readonly suites?: readonly string[];
  /** Suites or tests whose results are left out. */
  readonly without?: readonly string[];
  /** Results of tests that write without asking are left out. */
  readonly readOnly?: boolean;
}

/**
 * Runs the suite and returns every test of it. Those that tell the truth only alone are run again. A run that does not
 * come to its end is repeated suite by suite, so that one hanging suite costs the results of no other.
 */
export async function judge(judged: Judged): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const name of judged.suites ?? [""]) {
    const report = await runTests(name, judged);
    if (report instanceof Error && name === "") return await judge({ ...judged, suites: await listSuites() });
    results.push(...report instanceof Error ? [broken(name, report)] : report.results);
  }
  const without = new Set([...judged.without ?? [], ...judged.readOnly ? WRITE_UNASKED : []]);
  const known: TestResult[] = [];
  for (const result of results) {
    if (!listed(without, result)) known.push(understood(await judgeAlone(result, judged)));
  }
  return known;
}

/** The suites that this `iscsi-test-cu` has. */
export async function listSuites(): Promise<string[]> {
  const { stdout } = await attempt(["iscsi-test-cu", "-l"]);
  return stdout.split("\n").flatMap((line) => /^ALL\.([^.]+)$/.exec(line)?.[1] ?? []);
}

async function judgeAlone(result: TestResult, judged: Judged): Promise<TestResult> {
  const name = `${result.suite}.${result.test}`;
  if (result.outcome === "pass" && ASSERTS_NOTHING.has(name)) {
    const report = await runTests(name, judged);
    return !(report instanceof Error) && report.asserts === 0 ? { ...result, outcome: "void" } : result;
  }
  if (result.outcome !== "skip" || !RUN_ALONE.has(name)) return result;
  const report = await runTests(name, judged);
  return report instanceof Error ? broken(name, report) : report.results[0] ?? result;
}

/** Runs a suite or a test, or all of them for an empty name; returns why there is no report when there is none. */
async function runTests(name: string, { urls, sanitize }: Judged): Promise<Report | Error> {
  const options = ["-d", "-v", ...sanitize ? ["-S"] : [], "-t", name === "" ? "ALL" : `ALL.${name}`];
  const timeout = name === "" ? WHOLE_TIMEOUT : SUITE_TIMEOUT;
  const { code, stdout, stderr } = await attempt(["iscsi-test-cu", ...options, ...urls], { timeout });
  try {
    return parseReport(stdout);
  } catch (error) {
    const tail = `${stdout}\n${stderr}`.trim().split("\n").slice(-8).join("\n");
    return new Error(`${error instanceof Error ? error.message : error} (exit code ${code})\n${tail}`);
  }
}

function broken(name: string, { message }: Error): TestResult {
  const [suite = "", test = "(whole suite)"] = name.split(".");
  return { suite, test, outcome: "fail", notes: message.split("\n") };
}

/** Milliseconds after which a run hangs. */
const WHOLE_TIMEOUT = 300_000;
const SUITE_TIMEOUT = 150_000;
