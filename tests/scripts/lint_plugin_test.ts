import { assertEquals } from "@std/assert";
import plugin from "../../scripts/lint_plugin.ts";

interface Row {
  readonly rule: string;
  readonly file: string;
  readonly source: string;
  /** What is reported, in order. */
  readonly found: readonly string[];
}

const dataPath = "/**\n * Moves bytes.\n *\n * Data path: nothing is allocated.\n *\n * @module\n */\n";

const rows: readonly Row[] = [
  { rule: "no-enum", file: "lib/scsi/a.ts", source: "enum A { b }", found: ["An enum hides a table"] },
  { rule: "no-enum", file: "lib/scsi/a.ts", source: "const a = { b: 0 } as const;", found: [] },

  {
    rule: "no-bigint-on-data-path",
    file: "lib/a.ts",
    source: dataPath + "const a = 1n;",
    found: ["BigInt on the data path"],
  },
  {
    rule: "no-bigint-on-data-path",
    file: "lib/a.ts",
    source: dataPath + "let a: bigint; BigInt(1); view.getBigUint64(0);",
    found: ["BigInt on the data path", "BigInt on the data path", "BigInt on the data path"],
  },
  { rule: "no-bigint-on-data-path", file: "lib/a.ts", source: "const a = 1n;", found: [] },
  {
    rule: "no-bigint-on-data-path",
    file: "lib/a.ts",
    source: "/** Data path: no module doc. */\nconst a = 1n;",
    found: [],
  },

  { rule: "error-message", file: "lib/a.ts", source: 'new Error("Cannot open disk.img: no such file")', found: [] },
  { rule: "error-message", file: "lib/a.ts", source: "new RangeError(`Cannot read ${a}: ${b}`)", found: [] },
  { rule: "error-message", file: "lib/a.ts", source: "new Error(`Cannot read ${a}: ` + b)", found: [] },
  { rule: "error-message", file: "lib/a.ts", source: "new Error(message)", found: [] },
  { rule: "error-message", file: "lib/a.ts", source: 'new StoreError("full", "x")', found: [] },
  { rule: "error-message", file: "lib/std/a/mod.ts", source: 'new Error("Oh.")', found: [] },
  { rule: "error-message", file: "tests/a.ts", source: 'new Error("Oh.")', found: [] },
  ...[
    'new Error("no such file")',
    'new Error("Cannot open disk.img: no such file.")',
    'new TypeError("Cannot open disk.img")',
    "new RangeError(`Out of range: ${a}`)",
  ].map((source) => ({
    rule: "error-message",
    file: "lib/a.ts",
    source,
    found: ["The message does not follow the grammar of errors"],
  })),
  {
    rule: "error-message",
    file: "lib/a.ts",
    source: "new Error()",
    found: ["An error without a message helps nobody"],
  },

  ...[
    "RFC 7143 §11.12",
    "SPC-5 §6.6",
    "SBC-4 §5.16",
    "SAM-6 §5.3",
    "RFC 7144 §4",
    "SPC-5",
    "RFC 7143 §13.1, SPC-5 §A.2",
    "SPC-5, SBC-4",
  ].map((
    spec,
  ) => ({
    rule: "citation-form",
    file: "lib/scsi/a.ts",
    source: `const a = { spec: "${spec}" }; layout("${spec}", 4, {}); /** See ${spec}. */`,
    found: [],
  })),
  ...["RFC7143 §11.12", "RFC 7143", "SBC-4 5.16", "SPC-5 § 6.6", "RFC 7143 §11.12."].map((spec) => ({
    rule: "citation-form",
    file: "lib/scsi/a.ts",
    source: `const a = { spec: "${spec}" };`,
    found: [`"${spec}" is not a citation`],
  })),
  {
    rule: "citation-form",
    file: "lib/iscsi/pdu/a.ts",
    source: 'layout("7143", 4, {});',
    found: ['"7143" is not a citation'],
  },
  { rule: "citation-form", file: "lib/cli/a.ts", source: 'const a = { spec: "disk.img" };', found: [] },
  { rule: "citation-form", file: "lib/a.ts", source: "/** RFC 7143 wants it; SPC-5 does not. */", found: [] },
  {
    rule: "citation-form",
    file: "lib/a.ts",
    source: "/**\n * See RFC7143.\n */\n// SPC 5, RFC 7143 section 11.12, SBC-4, §5.16, SAM-6 5.3.1",
    found: [
      '"RFC7143" is not a citation',
      '"SPC 5" is not a citation',
      '"RFC 7143 section 1" is not a citation',
      '"SBC-4, §" is not a citation',
      '"SAM-6 5.3" is not a citation',
    ],
  },

  { rule: "core-is-pure", file: "lib/scsi/a.ts", source: "const a = Date.now();", found: ["scsi may not use Date"] },
  {
    rule: "core-is-pure",
    file: "lib/iscsi/pdu/a.ts",
    source: "Math.random();",
    found: ["iscsi may not use Math.random"],
  },
  { rule: "core-is-pure", file: "lib/bytes/a.ts", source: "f(setTimeout);", found: ["bytes may not use setTimeout"] },
  { rule: "core-is-pure", file: "lib/bytes/a.ts", source: "Math.floor(1); x.performance; ({ fetch: 1 });", found: [] },
  { rule: "core-is-pure", file: "lib/scsi/a.ts", source: "function f(crypto: C) { crypto.hash(); }", found: [] },
  { rule: "core-is-pure", file: "lib/scsi/a.ts", source: "let a: Date;", found: [] },
  {
    rule: "core-is-pure",
    file: "lib/scsi/a.ts",
    source: 'import { a } from "node:fs";',
    found: ["scsi may not import node:fs"],
  },
  {
    rule: "core-is-pure",
    file: "lib/scsi/a.ts",
    source: 'export * from "node:fs"; await import("./b.ts");',
    found: ["scsi may not import node:fs", "scsi may not import at run time"],
  },
  { rule: "core-is-pure", file: "lib/scsi/a.ts", source: "async function f() { await g(); }", found: [] },
  {
    rule: "core-is-pure",
    file: "lib/iscsi/a.ts",
    source: "async function f() { await g(); }",
    found: ["iscsi is synchronous", "iscsi is synchronous"],
  },
  {
    rule: "core-is-pure",
    file: "lib/bytes/a.ts",
    source: "class A { async b() {} } const c = async () => {};",
    found: ["bytes is synchronous", "bytes is synchronous"],
  },
  { rule: "core-is-pure", file: "lib/net/a.ts", source: "Deno.open(String(Date.now()));", found: [] },

  ...["lib/net/a.ts", "lib/store/file_lanes.ts", "lib/server.ts", "lib/initiator/connect.ts", "main.ts", "tests/a.ts"]
    .map((
      file,
    ) => ({ rule: "deno-in-its-place", file, source: "Deno.cwd();", found: [] })),
  ...["lib/scsi/a.ts", "lib/store/memory_store.ts", "lib/initiator/a.ts", "lib/mod.ts"].map((file) => ({
    rule: "deno-in-its-place",
    file,
    source: "Deno.cwd(); let a: Deno.Conn; a.Deno; /** Deno is fine here. */",
    found: [`${file} may not use Deno`, `${file} may not use Deno`],
  })),
];

for (const { rule, file, source, found } of rows) {
  Deno.test(`${rule} ${found.length === 0 ? "accepts" : "reports"} ${source.replaceAll("\n", " ")} in ${file}`, () => {
    const diagnostics = Deno.lint.runPlugin(plugin, file, source).filter(({ id }) => id === `lunbox/${rule}`);
    assertEquals(diagnostics.map(({ message }) => message), found);
  });
}

Deno.test("citation-form points at the slip itself", () => {
  const source = "const a = '§';\n// as RFC7143 says\n";
  const [diagnostic] = Deno.lint.runPlugin(plugin, "lib/a.ts", source);
  assertEquals(source.slice(...(diagnostic?.range ?? [0, 0])), "RFC7143");
});
