import { assert, assertEquals } from "@std/assert";
import { violations } from "../../scripts/layers/check.ts";
import { type Import, imports, importsOf } from "../../scripts/layers/graph.ts";
import { rooms } from "../../scripts/layers/rules.ts";
import { root } from "../../scripts/files.ts";

function edge(from: string, to: string, more: Partial<Import> = {}): Import {
  return { from, line: 12, specifier: "./b.ts", to, typeOnly: false, ...more };
}

const std = "lib/std/log/mod.ts";

const rows: readonly { readonly edge: Import; readonly found: readonly string[] }[] = [
  { edge: edge("lib/scsi/a.ts", "lib/scsi/commands/b.ts"), found: [] },
  { edge: edge("lib/scsi/a.ts", "lib/bytes/b.ts"), found: [] },
  { edge: edge("lib/scsi/a.ts", "lib/store/store.ts"), found: [] },
  { edge: edge("lib/scsi/a.ts", "lib/net/b.ts"), found: ["lib/scsi/a.ts:12: scsi may not import net"] },
  {
    edge: edge("lib/scsi/a.ts", "lib/store/file_store.ts"),
    found: ["lib/scsi/a.ts:12: scsi may not import lib/store/file_store.ts, only lib/store/store.ts"],
  },
  { edge: edge("lib/scsi/a.ts", "node:fs"), found: ["lib/scsi/a.ts:12: scsi may not import node:fs"] },
  { edge: edge("lib/cli/a.ts", "node:fs"), found: [] },
  { edge: edge("lib/iscsi/a.ts", "lib/scsi/task.ts", { typeOnly: true }), found: [] },
  {
    edge: edge("lib/iscsi/a.ts", "lib/scsi/task.ts"),
    found: ["lib/iscsi/a.ts:12: iscsi may import only types from lib/scsi/task.ts: write import type"],
  },
  { edge: edge("lib/iscsi/a.ts", "lib/scsi/sense.ts"), found: ["lib/iscsi/a.ts:12: iscsi may not import scsi"] },
  { edge: edge("lib/bytes/a.ts", "lib/iscsi/b.ts"), found: ["lib/bytes/a.ts:12: bytes may not import iscsi"] },
  { edge: edge("lib/store/a.ts", std, { specifier: "@std/log" }), found: [] },
  {
    edge: edge("lib/scsi/a.ts", std, { specifier: "@std/log" }),
    found: ["lib/scsi/a.ts:12: scsi may not import @std/log"],
  },
  {
    edge: edge("lib/store/a.ts", std, { specifier: "../std/log/mod.ts" }),
    found: ["lib/store/a.ts:12: store may not reach into lib/std: import @std/log"],
  },
  { edge: edge("lib/std/log/a.ts", "lib/std/log/b.ts"), found: [] },
  {
    edge: edge("lib/std/log/a.ts", "lib/bytes/b.ts"),
    found: ["lib/std/log/a.ts:12: the packages in lib/std import nothing else"],
  },
  { edge: edge("lib/server.ts", "lib/net/a.ts"), found: [] },
  { edge: edge("lib/server.ts", "lib/cli/a.ts"), found: ["lib/server.ts:12: lib/server.ts may not import cli"] },
  { edge: edge("lib/mod.ts", "lib/server.ts"), found: [] },
  { edge: edge("lib/cli/a.ts", "lib/mod.ts"), found: [] },
  { edge: edge("main.ts", "lib/cli/a.ts"), found: [] },
  { edge: edge("main.ts", "lib/net/a.ts"), found: ["main.ts:12: main.ts may not import net"] },
  {
    edge: edge("lib/net/a.ts", "scripts/b.ts"),
    found: ["lib/net/a.ts:12: net may not import scripts/b.ts"],
  },
  {
    edge: edge("lib/net/a.ts", "npm:left-pad@1.3.0"),
    found: ["lib/net/a.ts:12: net may not import npm:left-pad@1.3.0"],
  },
  { edge: edge("lib/attic/a.ts", "lib/bytes/b.ts"), found: ["lib/attic/a.ts:12: attic is not in the layer table"] },
  { edge: edge("lib/a.ts", "lib/bytes/b.ts"), found: ["lib/a.ts:12: lib/a.ts is in no room of the layer table"] },
  { edge: edge("tests/a_test.ts", "lib/net/b.ts"), found: [] },
];

for (const { edge, found } of rows) {
  const kind = edge.typeOnly ? " as a type" : "";
  const verb = found.length === 0 ? "allows" : "refuses";
  Deno.test(`violations() ${verb} ${edge.specifier} = ${edge.to}${kind} in ${edge.from}`, () => {
    assertEquals(violations([edge]), found);
  });
}

Deno.test("violations() tells a circle of rooms once", () => {
  const room = { level: 0, purpose: "", imports: ["*"] };
  const table = { a: { ...room, imports: ["b"] }, b: { ...room, imports: ["c"] }, c: { ...room, imports: ["a"] } };
  const all = [edge("lib/a/x.ts", "lib/b/y.ts"), edge("lib/b/y.ts", "lib/c/z.ts"), edge("lib/c/z.ts", "lib/a/w.ts")];
  assertEquals(violations(all, table), ["lib: rooms import each other in a circle: a -> b -> c -> a"]);
});

Deno.test("the layer table itself goes down only, but for ports", () => {
  for (const [name, { level, imports, types = [] }] of Object.entries(rooms)) {
    for (const wanted of [...imports, ...types]) {
      const below = rooms[wanted];
      assert(wanted === "*" || /[/.]/.test(wanted) || below !== undefined, `${name} names an unknown room ${wanted}`);
      assert(below === undefined || below.level <= level, `${name} imports up: ${wanted}`);
    }
  }
});

Deno.test("importsOf() tells types from values and resolves paths", () => {
  const home = new URL("file:///house/");
  const span = { start: { line: 6 } };
  const modules = [
    {
      specifier: "file:///house/lib/iscsi/a.ts",
      dependencies: [
        { specifier: "../scsi/task.ts", type: { specifier: "file:///house/lib/scsi/task.ts", span } },
        { specifier: "node:fs", code: { specifier: "node:fs", span: { start: { line: 2 } } } },
      ],
    },
    { specifier: "data:application/typescript,", dependencies: [{ specifier: "x", code: { specifier: "x", span } }] },
  ];
  assertEquals(importsOf(modules, home), [
    { from: "lib/iscsi/a.ts", line: 3, specifier: "node:fs", to: "node:fs", typeOnly: false },
    { from: "lib/iscsi/a.ts", line: 7, specifier: "../scsi/task.ts", to: "lib/scsi/task.ts", typeOnly: true },
  ]);
});

Deno.test("imports() reads the graph of real files", async () => {
  const found = await imports(["lib/scsi/task.ts"], root);
  assert(found.some(({ from, to, typeOnly }) => from === "lib/scsi/task.ts" && to === "lib/scsi/nexus.ts" && typeOnly));
});
