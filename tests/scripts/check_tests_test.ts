import { assertEquals } from "@std/assert";
import { fileOf, isDeclarative, lengths, slips, testOf } from "../../scripts/inventory/slips.ts";

const doc = "/**\n * What it is for.\n *\n * @module\n */\n";
const code = doc + "export function f(): void {}\n";
const test = { path: "tests/scsi/sense_test.ts", text: "Deno.test();\n" };

interface Row {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[];
}

const rows: readonly Row[] = [
  { name: "accepts a file with its tests", files: [{ path: "lib/scsi/sense.ts", text: code }, test] },
  {
    name: "misses tests",
    files: [{ path: "lib/scsi/sense.ts", text: code }],
    errors: ["lib/scsi/sense.ts: has no tests: expected tests/scsi/sense_test.ts"],
  },
  {
    name: "accepts tests in another place when the file says so",
    files: [
      { path: "lib/cli/host.ts", text: code.replace(" * @module", " * Tested in tests/main_test.ts.\n *\n * @module") },
      { path: "tests/main_test.ts", text: "" },
      { path: "main.ts", text: doc },
    ],
  },
  {
    name: "misses tests that are said to be in another place",
    files: [{ path: "lib/a.ts", text: code.replace(" * @module", " * Tested in tests/b_test.ts.\n *\n * @module") }],
    errors: ["lib/a.ts: has no tests: expected tests/b_test.ts"],
  },
  {
    name: "misses the file of a test",
    files: [test],
    errors: ["tests/scsi/sense_test.ts: tests nothing: there is no lib/scsi/sense.ts"],
  },
  { name: "wants no file for tests elsewhere", files: [{ path: "tests/protocol/login_test.ts", text: "" }] },
  { name: "wants no tests for a port", files: [{ path: "lib/scsi/a.ts", text: doc + "export interface A {}\n" }] },
  { name: "leaves lib/std alone", files: [{ path: "lib/std/log/mod.ts", text: "export function f() {}\n" }] },
  {
    name: "misses a module doc",
    files: [{ path: "scripts/a.ts", text: "/** A function. */\nexport function f(): void {}\n" }],
    errors: ["scripts/a.ts: has no module doc: begin with /** What it is for. @module */"],
  },
  {
    name: "warns of a long file",
    files: [{ path: "main.ts", text: doc + "a;\n".repeat(lengths.soft) }],
    warnings: ["main.ts: has 255 lines: more than 250"],
  },
  {
    name: "refuses a very long file",
    files: [{ path: "main.ts", text: doc + "a;\n".repeat(lengths.hard) }],
    errors: ["main.ts: has 405 lines: more than 400"],
  },
  {
    name: "lets a table be long",
    files: [{ path: "main.ts", text: doc.replace("@module", "@table\n * @module") + "a;\n".repeat(lengths.hard) }],
  },
];

for (const { name, files, errors = [], warnings = [] } of rows) {
  Deno.test(`slips() ${name}`, () => assertEquals(slips(files), { errors: [...errors], warnings: [...warnings] }));
}

Deno.test("testOf() and fileOf() mirror each other", () => {
  for (const path of ["lib/server.ts", "lib/scsi/commands/read_write.ts"]) assertEquals(fileOf(testOf(path)), path);
  assertEquals(fileOf("tests/main_test.ts"), "main.ts");
  assertEquals(fileOf("tests/support/wire.ts"), undefined);
});

for (
  const [text, declarative] of [
    ['export * from "./a.ts";\n', true],
    ["export const a = { b: 1 } as const;\nexport type A = () => void;\n", true],
    ["export interface A {\n  b(): void;\n  c: () => void;\n}\n", true],
    ["/** Calls `f => g`. */\nexport type A = 1;\n", true],
    ['export const a = [{ text: "for \\"new\\" readers, if any" }] as const;\n', true],
    ["export function f(): void {}\n", false],
    ["export class A {\n  readonly b: number;\n  constructor(b: number) {\n    this.b = b;\n  }\n}\n", true],
    ["export class A {\n  b(): number {\n    return 1;\n  }\n}\n", false],
    ["export const f = (): void => {};\n", false],
    ["export const a = new Map();\n", false],
  ] as const
) {
  Deno.test(`isDeclarative() is ${declarative} for ${JSON.stringify(text)}`, () => {
    assertEquals(isDeclarative(text), declarative);
  });
}
