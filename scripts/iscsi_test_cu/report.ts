/**
 * What `iscsi-test-cu -v` says, taken apart. Its own summary counts a skipped test, and one that asserts nothing, as
 * passed; here they are told apart.
 *
 * @module
 */

/** How a test ended; `mistake` when it failed for a mistake of its own. */
export type Outcome = "pass" | "fail" | "skip" | "void" | "mistake";

/** One test and how it ended. */
export interface TestResult {
  /** For example `Read10`. */
  readonly suite: string;
  /** For example `BeyondEol`. */
  readonly test: string;
  /** `skip` when it skipped anything and nothing failed; `void` and `mistake` are left to who knows the tests. */
  readonly outcome: Outcome;
  /** What it printed, one line each. */
  readonly notes: readonly string[];
}

/** What a whole run said. */
export interface Report {
  /** Every test, in the order of the run. */
  readonly results: readonly TestResult[];
  /** Assertions that ran, by the summary. */
  readonly asserts: number;
}

/** The output is not that of a whole run. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

/**
 * Reads the output of `iscsi-test-cu -v` and checks it against its own summary.
 *
 * @throws {ReportError} If there is no summary, or a test is missing from the listing.
 */
export function parseReport(output: string): Report {
  const results: TestResult[] = [];
  let suite = "";
  for (const block of blocks(output)) {
    if (block.suite !== undefined) suite = block.suite;
    else results.push({ suite, ...readTest(block.test, block.lines) });
  }
  const [total, passed, failed] = summaryRow(output, "tests", /(\d+)\s+\d+\s+(\d+)\s+(\d+)/);
  const [asserts] = summaryRow(output, "asserts", /(\d+)\s+\d+\s+(\d+)\s+(\d+)/);
  const listedFailed = results.filter((result) => result.outcome === "fail").length;
  if (results.length !== total || listedFailed !== failed || results.length - listedFailed !== passed) {
    throw new ReportError(
      `Cannot trust the report: ${results.length} tests listed with ${listedFailed} failed, but the summary says ${total} with ${failed}`,
    );
  }
  return { results, asserts: asserts ?? 0 };
}

/** How many of `results` ended in each way. */
export function countOutcomes(results: readonly TestResult[]): Record<Outcome, number> {
  const counts = { pass: 0, fail: 0, skip: 0, void: 0, mistake: 0 };
  for (const { outcome } of results) counts[outcome]++;
  return counts;
}

/** A line that opens a suite, or a test with the lines until the next. */
type Block = { suite: string } | { suite?: undefined; test: string; lines: string[] };

function* blocks(output: string): Generator<Block> {
  let block: { test: string; lines: string[] } | undefined;
  for (const line of output.split("\n")) {
    const [, suite] = /^Suite: (\S+)/.exec(line) ?? [];
    const [, test, rest = ""] = /^ {2}Test: (.+?) \.\.\.(.*)$/.exec(line) ?? [];
    if (suite !== undefined || test !== undefined || line.startsWith("Run Summary:")) {
      if (block !== undefined) yield block;
      block = test === undefined ? undefined : { test, lines: [rest] };
    } else block?.lines.push(line);
    if (suite !== undefined) yield { suite };
  }
}

function readTest(test: string, lines: readonly string[]): Omit<TestResult, "suite"> {
  const end = lines.findIndex((line) => VERDICT.test(line));
  const verdict = VERDICT.exec(lines[end] ?? "")?.[0];
  if (verdict === undefined) throw new ReportError(`Cannot read the report: test ${test} has no verdict`);
  const notes = lines.map((line) => line.trim()).filter((line) => line !== "" && line !== verdict);
  if (verdict === "FAILED") return { test, outcome: "fail", notes };
  // What comes after the verdict is the suite's teardown, which skips on its own account.
  const skipped = lines.slice(0, end).some((line) => line.includes("[SKIPPED]"));
  return { test, outcome: skipped ? "skip" : "pass", notes: notes.slice(0, end) };
}

// A row of the summary: total, ran, passed, failed, inactive.
function summaryRow(output: string, name: string, numbers: RegExp): number[] {
  const found = new RegExp(`^\\s+${name}\\s+${numbers.source}`, "m").exec(output.slice(output.indexOf("Run Summary:")));
  if (found === null) throw new ReportError(`Cannot trust the report: it ends before its summary of ${name}`);
  return found.slice(1).map(Number);
}

/** Alone at the end of a line, or at its start with more behind it. */
const VERDICT = /^(passed|FAILED)|(passed|FAILED)$/;
