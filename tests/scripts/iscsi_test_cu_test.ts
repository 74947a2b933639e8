import { assertEquals, assertThrows } from "@std/assert";
import { countOutcomes, type Outcome, parseReport, ReportError } from "../../scripts/iscsi_test_cu/report.ts";
import { listed, understood } from "../../scripts/iscsi_test_cu/suites.ts";
import { formatTable, summarize, tabulate } from "../../scripts/iscsi_test_cu/table.ts";

function output(tests: string, total: number, failed: number): string {
  return `

     CUnit - A unit testing framework for C - Version 2.1-3

Suite: Read10
${tests}

Run Summary:    Type  Total    Ran Passed Failed Inactive
              suites      1      1    n/a      0        0
               tests    ${total}    ${total}    ${total - failed}      ${failed}        0
             asserts     31     31     30      1      n/a

Elapsed time =    0.003 seconds
`;
}

const VERDICTS = [
  { lines: "  Test: Simple ...passed", outcome: "pass" },
  { lines: "  Test: Simple ...    [WARNING] BUSY_TIMEOUT_PERIOD is undefined.\npassed", outcome: "pass" },
  {
    lines: "  Test: Simple ...    [SKIPPED] not implemented.\n    [SKIPPED] not implemented.\npassed",
    outcome: "skip",
  },
  { lines: "  Test: Simple ...FAILED\n    1. test_read10.c:38  - CU_ASSERT_EQUAL(_r,0)", outcome: "fail" },
  { lines: "  Test: Simple ...    [SKIPPED] x\n    [FAILED] y\nFAILED\n    1. test.c:1  - CU_FAIL", outcome: "fail" },
  { lines: "  Test: Simple ...passed    [FAILED] PRIN command: failed with sense.", outcome: "pass" },
  { lines: "  Test: Simple ...passed    [SKIPPED] PERSISTENT RESERVE IN is not implemented.", outcome: "pass" },
  { lines: "  Test: Simple ...passed\n    [SKIPPED] PERSISTENT RESERVE IN is not implemented.", outcome: "pass" },
  { lines: "  Test: Simple ...    verbose words\n    without line end passed", outcome: "pass" },
] as const;

for (const [row, { lines, outcome }] of VERDICTS.entries()) {
  Deno.test(`parseReport() reads ${outcome} from the output of row ${row}`, () => {
    const { results } = parseReport(output(lines, 1, outcome === "fail" ? 1 : 0));
    assertEquals(results.map(({ suite, test, outcome }) => ({ suite, test, outcome })), [
      { suite: "Read10", test: "Simple", outcome },
    ]);
  });
}

Deno.test("parseReport() keeps what a failed test said", () => {
  const { results } = parseReport(
    output("  Test: A ...passed\n  Test: B ...    [FAILED] odd\nFAILED\n    1. b.c:7  - CU_FAIL", 2, 1),
  );
  assertEquals(results[1]?.notes, ["[FAILED] odd", "1. b.c:7  - CU_FAIL"]);
  assertEquals(countOutcomes(results), { pass: 1, fail: 1, skip: 0, void: 0, mistake: 0 });
});

Deno.test("parseReport() reads how many assertions ran", () => {
  assertEquals(parseReport(output("  Test: Simple ...passed", 1, 0)).asserts, 31);
});

const BROKEN = [
  { name: "ends before its summary", text: output("  Test: Simple ...passed", 1, 0).split("Run Summary")[0] ?? "" },
  { name: "lists fewer tests than it counts", text: output("  Test: Simple ...passed", 2, 0) },
  { name: "lists other failures than it counts", text: output("  Test: Simple ...passed", 1, 1) },
  { name: "leaves out a verdict", text: output("  Test: Simple ...    [SKIPPED] x", 1, 0) },
  { name: "is empty", text: "" },
];

for (const { name, text } of BROKEN) {
  Deno.test(`parseReport() throws when the output ${name}`, () => {
    assertThrows(() => parseReport(text), ReportError);
  });
}

function result(name: string, outcome: Outcome, ...notes: readonly string[]) {
  const [suite = "", test = ""] = name.split(".");
  return { suite, test, outcome, notes };
}

const MISTAKEN = "1. test_writesame10_unmap_until_end.c:71  - CU_FAIL";
const UNDERSTOOD = [
  { when: "only the known line failed", given: result("WriteSame10.UnmapUntilEnd", "fail", MISTAKEN), is: "mistake" },
  {
    when: "another line failed, too",
    given: result("WriteSame10.UnmapUntilEnd", "fail", MISTAKEN, "2. test_writesame10_unmap_until_end.c:7  - CU_FAIL"),
    is: "fail",
  },
  { when: "no line is told", given: result("WriteSame10.UnmapUntilEnd", "fail"), is: "fail" },
  { when: "nothing is known of the test", given: result("Read10.Simple", "fail", MISTAKEN), is: "fail" },
  {
    when: "only a part was skipped",
    given: result("Sanitize.Readonly", "skip", "[SKIPPED] SANITIZE CRYPTO_ERASE is not implemented according to"),
    is: "pass",
  },
  {
    when: "all was skipped",
    given: result("Sanitize.Readonly", "skip", "[SKIPPED] --allow-sanitize flag is not set."),
    is: "skip",
  },
] as const;

for (const { when, given, is } of UNDERSTOOD) {
  Deno.test(`understood() says ${is} when ${when}`, () => assertEquals(understood(given).outcome, is));
}

Deno.test("listed() knows suites and tests", () => {
  const names = new Set(["Write10", "GetLBAStatus.UnmapSingle"]);
  const given = ["Write10.Simple", "GetLBAStatus.UnmapSingle", "GetLBAStatus.Simple"];
  assertEquals(given.map((name) => listed(names, result(name, "pass"))), [true, true, false]);
});

const COLUMNS = [
  {
    name: "thin",
    results: [
      result("A.Good", "pass"),
      result("A.Bad", "pass"),
      result("A.Never", "skip"),
      result("A.Empty", "void"),
      result("WriteSame10.UnmapUntilEnd", "mistake"),
    ],
  },
  { name: "4Kn", results: [result("A.Good", "skip"), result("A.Bad", "fail"), result("A.Empty", "skip")] },
];

Deno.test("tabulate() judges a test by all configurations", () => {
  assertEquals(tabulate(COLUMNS), [
    { test: "A.Good", outcomes: ["pass", "skip"], verdict: "pass" },
    { test: "A.Bad", outcomes: ["pass", "fail"], verdict: "fail" },
    { test: "A.Never", outcomes: ["skip", undefined], verdict: "skip" },
    { test: "A.Empty", outcomes: ["void", "skip"], verdict: "void" },
    { test: "WriteSame10.UnmapUntilEnd", outcomes: ["mistake", undefined], verdict: "mistake" },
  ]);
});

Deno.test("formatTable() has a line for each test and a column for each configuration", () => {
  assertEquals(formatTable(COLUMNS).split("\n").slice(0, 3), [
    "                           thin     4Kn   together",
    "A.Good                     pass     skip  passed",
    "A.Bad                      pass     fail  FAILED",
  ]);
});

Deno.test("summarize() names what failed, was not covered or asserts nothing, and counts last", () => {
  assertEquals(summarize(COLUMNS).trimEnd().split("\n").filter((line) => !line.startsWith("The suite's")), [
    "thin: PASS 2, FAIL 0, SKIP 1, VOID 1, MISTAKE 1, of 5",
    "4Kn: PASS 0, FAIL 1, SKIP 2, VOID 0, MISTAKE 0, of 3",
    "Failed: A.Bad",
    "Not covered, skipped everywhere: A.Never",
    "Asserting nothing, wherever they ran: A.Empty",
    "iscsi-test-cu in 2 configurations: 1 passed, 1 failed of 5 tests, 1 not covered, 1 asserting nothing, 1 mistaken",
  ]);
});
