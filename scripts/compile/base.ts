/**
 * The base binary of an executable (denort): where it comes from, and what to say when it does not.
 *
 * @module
 */

import type { Target } from "./targets.ts";

/** The environment in which to compile, and the base binary that it names. */
export interface BaseEnvironment {
  readonly env: Record<string, string>;
  /** The variable that names a base binary, or would. */
  readonly variable: string;
  /** The base binary that it names; absent where Deno downloads one. */
  readonly path?: string;
}

/**
 * The environment in which to compile for `target`. `DENORT_BIN` is the base binary for this machine; those for others
 * are named by variables of their own, such as `DENORT_BIN_x86_64_pc_windows_msvc`.
 *
 * @param here the triple of this machine
 */
export function baseEnvironment(
  target: Target,
  from: Readonly<Record<string, string>>,
  here: string,
): BaseEnvironment {
  const { DENORT_BIN: _own, ...env } = from;
  const special = `DENORT_BIN_${target.triple.replaceAll("-", "_")}`;
  const variable = from[special] || target.triple !== here ? special : "DENORT_BIN";
  const path = from[variable];
  if (!path) return { env: { ...env, NO_COLOR: "1" }, variable };
  return { env: { ...env, NO_COLOR: "1", DENORT_BIN: path }, variable, path };
}

/** What to tell people when compiling failed, from what Deno wrote. */
export function explanation(stderr: string, target: Target, { variable, path }: BaseEnvironment): string {
  const said = withoutTrace(stderr);
  if (path !== undefined) return `Cannot compile with the base binary ${variable}=${path}: ${said}`;
  if (!/denort|dl\.deno\.land|download/i.test(said)) return `Cannot compile: ${said}`;
  return `Cannot download the base binary for ${target.triple} (denort): ${said}\n\n` +
    "Where dl.deno.land cannot be reached, fetch denort of this version of Deno from elsewhere: it is in\n" +
    `denort-${target.triple}.zip of the release at https://github.com/denoland/deno/releases. Then name it:\n` +
    `${variable}=/path/to/denort deno task compile --target ${target.triple}\n` +
    "With a denort of another version, name the Deno of that version, too: --deno /path/to/deno";
}

/** What Deno wrote, without the trace that says nothing to people. */
export function withoutTrace(stderr: string): string {
  return stderr.replace(/\n*Stack backtrace:[\s\S]*/, "").trim();
}

/** Whether Deno refused because it does not know the machine. */
export function isUnknownTarget(stderr: string): boolean {
  return /invalid value '[^']*' for '--target/.test(stderr);
}
