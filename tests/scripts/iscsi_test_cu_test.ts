import { assertEquals, assertThrows } from "@std/assert";
import { countOutcomes, parseReport, ReportError } from "../../scripts/iscsi_test_cu/report.ts";

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
  assertEquals(countOutcomes(results), { pass: 1, fail: 1, skip: 0, void: 0 });
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
