/**
 * The results of several configurations side by side, and what follows from them together.
 *
 * @module
 */

import { countOutcomes, type Outcome, type TestResult } from "./report.ts";
import { MISTAKES } from "./suites.ts";

/** How the tests ended in one configuration. */
export interface Column {
  /** Name of the configuration. */
  readonly name: string;
  /** Every test that ran there, each once. */
  readonly results: readonly TestResult[];
}

/** One test in all configurations. */
export interface Row {
  /** For example `Read10.Simple`. */
  readonly test: string;
  /** How it ended, by column; `undefined` where it did not run at all. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** The first of `fail`, `pass`, `mistake`, `void`, `skip` that it has. */
  readonly verdict: Outcome;
}

/** One row for each test, in the order in which the suite runs them. */
export function tabulate(columns: readonly Column[]): readonly Row[] {
  const byTest = columns.map(({ results }) => new Map(results.map((result) => [nameOf(result), result.outcome])));
  const tests = new Set(byTest.flatMap((results) => [...results.keys()]));
  return [...tests].map((test) => {
    const outcomes = byTest.map((results) => results.get(test));
    return { test, outcomes, verdict: WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? "skip" };
  });
}

/** The table as text: tests down, configurations across, the verdict on the right. */
export function formatTable(columns: readonly Column[]): string {
  const rows = tabulate(columns);
  const cells = [
    ["", ...columns.map(({ name }) => name), "together"],
    ...rows.map(({ test, outcomes, verdict }) => [test, ...outcomes.map((one) => one ?? "-"), VERDICT_WORDS[verdict]]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd() + "\n")
    .join("");
}

/** What the table comes to, in lines; the last one counts tests over all configurations. */
export function summarize(columns: readonly Column[]): string {
  const rows = tabulate(columns);
  const named = (verdict: Outcome): string[] => rows.filter((row) => row.verdict === verdict).map(({ test }) => test);
  const lines = columns.map(({ name, results }) => {
    const { pass, fail, skip, void: nothing, mistake } = countOutcomes(results);
    return `${name}: PASS ${pass}, FAIL ${fail}, SKIP ${skip}, VOID ${nothing}, MISTAKE ${mistake}, of ${results.length}`;
  });
  if (named("fail").length > 0) lines.push(`Failed: ${named("fail").join(", ")}`);
  if (named("skip").length > 0) lines.push(`Not covered, skipped everywhere: ${named("skip").join(", ")}`);
  if (named("void").length > 0) lines.push(`Asserting nothing, wherever they ran: ${named("void").join(", ")}`);
  for (const { test, line, why } of MISTAKES) {
    if (columns.some(({ results }) => results.some((one) => one.outcome === "mistake" && nameOf(one) === test))) {
      lines.push(`The suite's mistake: ${test} ${why} (${line})`);
    }
  }
  const sums = `${named("pass").length} passed, ${named("fail").length} failed`;
  lines.push(
    `iscsi-test-cu in ${columns.length} configurations: ${sums} of ${rows.length} tests, ` +
      `${named("skip").length} not covered, ${named("void").length} asserting nothing, ` +
      `${named("mistake").length} mistaken`,
  );
  return lines.map((line) => `${line}\n`).join("");
}

function nameOf({ suite, test }: TestResult): string {
  return `${suite}.${test}`;
}

/** The first one that a test has is its verdict. */
const WORST_FIRST: readonly Outcome[] = ["fail", "pass", "mistake", "void", "skip"];

const VERDICT_WORDS: Readonly<Record<Outcome, string>> = {
  fail: "FAILED",
  pass: "passed",
  skip: "NOT COVERED",
  void: "asserts nothing",
  mistake: "suite's mistake",
};
