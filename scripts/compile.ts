// deno-lint-ignore-file no-console -- a script talks to people
/**
 * Builds the executable for this machine: `deno task compile [--output FILE] [--deno PATH]`.
 *
 * The executable may do what the `serve` task may do, and knows its version and commit. `deno compile` downloads a base
 * binary (denort) for its own version; where it cannot, `DENORT_BIN` names one, and `--deno` the Deno of that version.
 *
 * @module
 */

import { dirname } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { attempt, type CommandResult } from "./command.ts";
import { type Config, permissions, stage, stampedVersion } from "./compile/stage.ts";
import { root } from "./files.ts";

if (import.meta.main) {
  try {
    await compile();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

async function compile(): Promise<void> {
  const args = parseArgs(Deno.args, {
    string: ["output", "deno"],
    default: { output: `dist/lunbox${Deno.build.os === "windows" ? ".exe" : ""}`, deno: Deno.execPath() },
    unknown: (arg: string) => {
      throw new Error(`Cannot compile: there is no option ${arg}, only --output FILE and --deno PATH`);
    },
  });
  const output = pathOf(new URL(args.output, root));
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as Config;
  const version = stampedVersion(config.version, ...await commit());
  const folder = await Deno.makeTempDir({ prefix: "lunbox-compile-" });
  try {
    await stage(root, folder, version);
    const built = `${folder}/${Deno.build.os === "windows" ? "lunbox.exe" : "lunbox"}`;
    const line = [args.deno, "compile", "--quiet", ...permissions(config), "--output", built, "main.ts"];
    const result = await attempt(line, { cwd: folder, env: { NO_COLOR: "1" } });
    if (result.code !== 0) throw new Error(explanation(result, Deno.env.get("DENORT_BIN") || undefined));
    const said = await attempt([built, "--version"]);
    if (said.code !== 0 || !said.stdout.includes(version)) {
      throw new Error(`Cannot use what was compiled: it says ${(said.stdout + said.stderr).trim()}, not ${version}`);
    }
    await install(built, output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const { size } = await Deno.stat(output);
  console.log(`${args.output}: version ${version}, ${Math.round(size / 2 ** 20)} MiB`);
}

/** Puts the executable in its place in one step: an older one may be running, and stays whole when anything fails. */
async function install(built: string, output: string): Promise<void> {
  await Deno.mkdir(dirname(output), { recursive: true });
  await Deno.copyFile(built, `${output}.new`);
  await Deno.rename(`${output}.new`, output);
}

/** The commit that is built, and whether the tree differs from it; no commit outside of a git clone. */
async function commit(): Promise<[string | undefined, boolean]> {
  const cwd = pathOf(root);
  try {
    const head = await attempt(["git", "rev-parse", "--short", "HEAD"], { cwd });
    if (head.code !== 0) return [undefined, false];
    const status = await attempt(["git", "status", "--porcelain", "main.ts", "lib", "deno.json"], { cwd });
    return [head.stdout.trim(), status.stdout !== ""];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [undefined, false];
    throw error;
  }
}

function explanation({ stderr }: CommandResult, base: string | undefined): string {
  const said = stderr.replace(/\n*Stack backtrace:[\s\S]*/, "").trim();
  if (base !== undefined) return `Cannot compile with the base binary DENORT_BIN=${base}: ${said}`;
  if (!/denort|dl\.deno\.land|download/i.test(said)) return `Cannot compile: ${said}`;
  return `Cannot download the base binary of the executable (denort): ${said}\n\n` +
    "Where dl.deno.land cannot be reached, fetch denort for this machine and this version of Deno from elsewhere, and\n" +
    "name it: DENORT_BIN=/path/to/denort deno task compile. With a denort of another version, name the Deno of that\n" +
    "version, too: deno task compile --deno /path/to/deno";
}

function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}
