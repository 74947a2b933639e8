import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { baseEnvironment, explanation, isUnknownTarget } from "../../scripts/compile/base.ts";
import { bill } from "../../scripts/compile/bill.ts";
import { permissionReasons, permissions, reasonOf } from "../../scripts/compile/permissions.ts";
import { stampedVersion, toolVersions } from "../../scripts/compile/provenance.ts";
import { stage } from "../../scripts/compile/stage.ts";
import { sha256, sumsText } from "../../scripts/compile/sums.ts";
import { fileName, targetOf, targets } from "../../scripts/compile/targets.ts";
import { root, text } from "../../scripts/files.ts";
import { Scratch } from "../support/scratch.ts";

for (
  const [commit, dirty, version] of [
    [undefined, false, "1.2.0"],
    ["17aebc0", false, "1.2.0+17aebc0"],
    ["17aebc0", true, "1.2.0+17aebc0.dirty"],
  ] as const
) {
  Deno.test(`stampedVersion() is ${version} for commit ${commit}`, () => {
    assertEquals(stampedVersion("1.2.0", commit, dirty), version);
  });
}

Deno.test("toolVersions() reads what deno --version prints", () => {
  const said = "deno 2.9.6 (stable, release, x86_64-unknown-linux-gnu)\nv8 15.0.245.2-rusty\ntypescript 6.0.3\n";
  assertEquals(toolVersions(said), { deno: "2.9.6", v8: "15.0.245.2-rusty" });
  assertThrows(() => toolVersions("node v22"), Error, "Cannot compile: that is no Deno");
});

Deno.test("permissions() are those of the serve task, without prompts", () => {
  const command = "deno run --allow-net --allow-env=A,B main.ts serve";
  assertEquals(permissions({ version: "1.2.0", tasks: { serve: { command } } }), [
    "--allow-net",
    "--allow-env=A,B",
    "--no-prompt",
  ]);
});

Deno.test("permissions() refuses one that nothing gives a reason for", () => {
  const command = "deno run --allow-net --allow-run=sh main.ts serve";
  assertThrows(() => permissions({ version: "1", tasks: { serve: { command } } }), Error, "with --allow-run=sh");
});

Deno.test("the serve task asks for nothing without a reason, and not for everything", () => {
  const flags = permissions(JSON.parse(text("deno.json")));
  assert(flags.length > 1 && !flags.includes("--allow-all") && !flags.includes("-A"));
  for (const flag of flags.slice(0, -1)) assert(reasonOf(flag) !== undefined, flag);
  for (const reason of Object.values(permissionReasons)) assertMatch(reason, /^[a-z].*[^.]$/);
});

Deno.test("targets have names of their own", () => {
  assertEquals(new Set(targets.map((target) => fileName("1.2.0", target))).size, 6);
  assertEquals(fileName("1.2.0+17aebc0", targetOf("aarch64-apple-darwin")), "lunbox-1.2.0-macos-aarch64");
  assertEquals(fileName("1.2.0", targetOf("x86_64-pc-windows-msvc")), "lunbox-1.2.0-windows-x86_64.exe");
  assertThrows(() => targetOf("riscv64"), Error, "Cannot compile for riscv64: there are x86_64-unknown-linux-gnu,");
});

const linux = targetOf("x86_64-unknown-linux-gnu");
const windows = targetOf("x86_64-pc-windows-msvc");
const here = linux.triple;

const environments: readonly (readonly [
  what: string,
  target: typeof linux,
  from: Record<string, string>,
  base: string | undefined,
])[] = [
  ["nothing", linux, { PATH: "/bin" }, undefined],
  ["nothing where the variable is empty", linux, { DENORT_BIN: "" }, undefined],
  ["DENORT_BIN for this machine", linux, { DENORT_BIN: "/a" }, "/a"],
  ["nothing of DENORT_BIN for another machine", windows, { DENORT_BIN: "/a" }, undefined],
  ["the variable of another machine", windows, { DENORT_BIN: "/a", DENORT_BIN_x86_64_pc_windows_msvc: "/b" }, "/b"],
  ["the special variable first", linux, { DENORT_BIN: "/a", DENORT_BIN_x86_64_unknown_linux_gnu: "/b" }, "/b"],
];

for (const [what, target, from, base] of environments) {
  Deno.test(`baseEnvironment() takes ${what}`, () => {
    const { env, path } = baseEnvironment(target, from, here);
    assertEquals(env["DENORT_BIN"], base);
    assertEquals(path, base);
    assertEquals(env["PATH"], from["PATH"]);
  });
}

Deno.test("explanation() tells how to go on without download", () => {
  const stderr = "error: Writing deno compile executable\n\nCaused by:\n    error sending request for url " +
    "(https://dl.deno.land/release/v2.9.6/denort-x86_64-unknown-linux-gnu.zip)\n\nStack backtrace:\n   0: <unknown>\n";
  const said = explanation(stderr, linux, { env: {}, variable: "DENORT_BIN" });
  assertStringIncludes(said, "Cannot download the base binary for x86_64-unknown-linux-gnu (denort): error: Writing");
  assertStringIncludes(said, "\nDENORT_BIN=/path/to/denort deno task compile --target x86_64-unknown-linux-gnu\n");
  assertEquals(said.includes("backtrace"), false);
});

Deno.test("explanation() names the base binary that was named, and passes other errors on", () => {
  const named = { env: {}, variable: "DENORT_BIN", path: "/no/denort" };
  assertEquals(
    explanation("error: Could not find denort", linux, named),
    "Cannot compile with the base binary DENORT_BIN=/no/denort: error: Could not find denort",
  );
  assertEquals(explanation("error: x", linux, { env: {}, variable: "DENORT_BIN" }), "Cannot compile: error: x");
});

for (
  const [stderr, unknown] of [
    ["error: invalid value 'aarch64-pc-windows-msvc' for '--target <target>'\n  [possible values: …]", true],
    ["error: invalid value 'nonsense' for '--target': possible values: x86_64-unknown-linux-gnu", true],
    ["error: error sending request for url", false],
  ] as const
) {
  Deno.test(`isUnknownTarget() is ${unknown} at ${stderr.slice(0, 50)}`, () => {
    assertEquals(isUnknownTarget(stderr), unknown);
  });
}

Deno.test("bill() is CycloneDX, and the same for the same executable", async () => {
  const options = {
    file: "lunbox-1.2.0-linux-x86_64",
    version: "1.2.0+17aebc0",
    sha256: await sha256(new TextEncoder().encode("executable")),
    deno: "2.9.6",
    v8: "15.0",
    timestamp: "2026-11-22T00:00:00Z",
  };
  const paper = JSON.parse(bill(options));
  assertEquals([paper.bomFormat, paper.specVersion, paper.version], ["CycloneDX", "1.6", 1]);
  assertMatch(paper.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  assertEquals(paper.metadata.component.hashes, [{ alg: "SHA-256", content: options.sha256 }]);
  const refs = ["lunbox", ...paper.components.map((one: { "bom-ref": string }) => one["bom-ref"])];
  assertEquals(paper.dependencies.map((one: { ref: string }) => one.ref), refs);
  assertEquals(bill(options), bill({ ...options }));
});

Deno.test("sumsText() is what sha256sum reads", async () => {
  const empty = await sha256(new Uint8Array());
  assertEquals(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assertEquals(sumsText(new Map([["b", empty], ["a", empty]])), `${empty} *a\n${empty} *b\n`);
});

Deno.test("stage() copies the program and nothing else, with the version in deno.json", async () => {
  await using scratch = await Scratch.make();
  const folder = scratch.path("stage");
  const time = new Date("2026-11-22T12:00:00Z");
  assertEquals(await stage(root, { version: "1.2.0+17aebc0", time, folder }), folder);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["deno.json", "lib", "main.ts"]);
  assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/deno.json`)).version, "1.2.0+17aebc0");
  assertEquals(Deno.readTextFileSync(`${folder}/lib/scsi/task.ts`), text("lib/scsi/task.ts"));
  assertEquals(Deno.statSync(`${folder}/lib/scsi/task.ts`).mtime, time);
  await assertRejects(() => stage(root, { version: "1.2.0", time, folder }), Error, "is in use by another build");
});
