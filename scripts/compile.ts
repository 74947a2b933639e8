// deno-lint-ignore-file no-console -- a script talks to people
/**
 * Builds executables into `dist`: for this machine, for others, for all (`deno task compile:all`). With each comes its
 * bill of materials, and `SHA256SUMS` has the checksums of all that was built.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { baseEnvironment, explanation, isUnknownTarget, withoutTrace } from "./compile/base.ts";
import { bill } from "./compile/bill.ts";
import { type Config, permissions } from "./compile/permissions.ts";
import { type Provenance, provenance } from "./compile/provenance.ts";
import { pathOf, stage } from "./compile/stage.ts";
import { sha256, sumsText } from "./compile/sums.ts";
import { fileName, type Target, targetOf, targets } from "./compile/targets.ts";
import { attempt } from "./command.ts";
import { root } from "./files.ts";

const HELP = `Usage: deno task compile [OPTION...]

Builds the executable for this machine, dist/lunbox.

  --all             build for every machine, dist/lunbox-VERSION-MACHINE
  --target TRIPLE   build for these machines (repeatable)
  --output FILE     where the executable for this machine goes
  --deno PATH       the Deno that compiles; its version is that of the base binary
  --devices         give the executable all permissions: Deno opens block devices only for programs that have them

Environment: DENORT_BIN names the base binary for this machine, DENORT_BIN_x86_64_pc_windows_msvc and so on those
for others; otherwise Deno downloads them.
`;

interface Build {
  readonly deno: string;
  /** The folder with the program's parts. */
  readonly folder: string;
  readonly flags: readonly string[];
  readonly made: Provenance;
}

/** What became of one executable. */
interface Built {
  readonly sum: string;
  /** Bytes. */
  readonly size: number;
}

/** This Deno builds nothing for that machine: no fault of ours. */
class UnknownTarget extends Error {}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["all", "devices", "help"],
    string: ["output", "deno", "target"],
    collect: ["target"],
    alias: { help: "h" },
    default: { deno: Deno.execPath() },
    unknown: (arg: string) => {
      throw new Error(`Cannot compile: there is no option ${arg}\n\n${HELP}`);
    },
  });
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as Config;
  const made = await provenance(options.deno, config.version);
  const folder = await stage(root, { version: made.version, time: new Date(made.timestamp) });
  try {
    const checked = await attempt([options.deno, "check", "--quiet", "main.ts"], {
      cwd: folder,
      env: { NO_COLOR: "1" },
    });
    if (checked.code !== 0) throw new Error(`Cannot compile: ${withoutTrace(checked.stderr)}`);
    const flags = options.devices ? ["--allow-all"] : permissions(config);
    const build: Build = { deno: options.deno, folder, flags, made };
    const wanted = options.all ? targets : options.target.map(targetOf);
    if (wanted.length > 0) return await compileAll(build, wanted);
    const here = targetOf(Deno.build.target);
    const output = options.output ?? `dist/lunbox${here.extension}`;
    const { size } = await compile(build, here, pathOf(new URL(output, root)));
    console.log(`${output}: version ${made.version}, ${mebibytes(size)}`);
    return 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compileAll(build: Build, wanted: readonly Target[]): Promise<number> {
  const sums = new Map<string, string>();
  let failures = 0;
  for (const target of wanted) {
    const name = fileName(build.made.version, target);
    try {
      const { sum, size } = await compile(build, target, pathOf(new URL(`dist/${name}`, root)));
      const paper = bill({ ...build.made, file: name, sha256: sum });
      const paperName = `${name.replace(/\.exe$/, "")}.cdx.json`;
      await Deno.writeTextFile(new URL(`dist/${paperName}`, root), paper);
      sums.set(name, sum).set(paperName, await sha256(new TextEncoder().encode(paper)));
      console.log(`dist/${name}: ${mebibytes(size)}, ${sum}`);
    } catch (error) {
      if (!(error instanceof UnknownTarget)) failures++;
      console.error(`dist/${name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  if (sums.size > 0) await Deno.writeTextFile(new URL("dist/SHA256SUMS", root), sumsText(sums));
  console.log(`${sums.size / 2} of ${wanted.length} built`);
  return failures > 0 ? 1 : 0;
}

/** Compiles for a machine, tries the result where it is this machine, and puts it in its place. */
async function compile(build: Build, target: Target, output: string): Promise<Built> {
  const { deno, folder, flags, made } = build;
  const base = baseEnvironment(target, Deno.env.toObject(), Deno.build.target);
  const built = `${folder}/dist/lunbox${target.extension}`;
  // A code cache would be a file with a predictable name in a folder that all users share, and the start is no faster
  // with it (docs/building.md has the figures).
  const line = [
    deno,
    "compile",
    "--quiet",
    "--no-check",
    "--no-code-cache",
    // A thread's module is found by nobody who follows imports.
    "--include",
    "lib/cli/workers/worker.ts",
    ...flags,
    "--target",
    target.triple,
    "--output",
    built,
  ];
  const result = await attempt([...line, "main.ts"], { cwd: folder, env: base.env, clearEnv: true });
  if (result.code !== 0) {
    if (isUnknownTarget(result.stderr)) throw new UnknownTarget(`Cannot compile: ${deno} knows no ${target.triple}`);
    throw new Error(explanation(result.stderr, target, base));
  }
  if (target.triple === Deno.build.target) await check(built, made.version);
  const bytes = await Deno.readFile(built);
  await install(built, output);
  return { sum: await sha256(bytes), size: bytes.length };
}

async function check(built: string, version: string): Promise<void> {
  const said = await attempt([built, "--version"]);
  if (said.code === 0 && said.stdout.includes(version)) return;
  throw new Error(`Cannot use what was compiled: it says ${(said.stdout + said.stderr).trim()}, not ${version}`);
}

/** Puts the executable in its place in one step: an older one may be running, and stays whole when anything fails. */
async function install(built: string, output: string): Promise<void> {
  await Deno.mkdir(pathOf(new URL("dist", root)), { recursive: true });
  await Deno.copyFile(built, `${output}.new`);
  await Deno.rename(`${output}.new`, output);
}

function mebibytes(size: number): string {
  return `${Math.round(size / 2 ** 20)} MiB`;
}
