/**
 * The base binary of an executable (denort): where it comes from, and what to say when it does not.
 *
 * @module
 */

import type { Target } from "./targets.ts";

/** The environment in which to compile, and the base binary that it names. */
export interface BaseEnvironment {
  readonly env: Record<string, string>;
  /** The variable that names a base binary, and its value; absent where Deno downloads one. */
  readonly named?: readonly [variable: string, path: string];
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
  if (!path) return { env: { ...env, NO_COLOR: "1" } };
  return { env: { ...env, NO_COLOR: "1", DENORT_BIN: path }, named: [variable, path] };
}

/** What to tell people when compiling failed, from what Deno wrote. */
export function explanation(stderr: string, target: Target, { named }: BaseEnvironment): string {
  const said = stderr.replace(/\n*Stack backtrace:[\s\S]*/, "").trim();
  if (named !== undefined) return `Cannot compile with the base binary ${named.join("=")}: ${said}`;
  if (!/denort|dl\.deno\.land|download/i.test(said)) return `Cannot compile: ${said}`;
  return `Cannot download the base binary for ${target.triple} (denort): ${said}\n\n` +
    "Where dl.deno.land cannot be reached, fetch denort of this version of Deno from elsewhere: it is in\n" +
    `denort-${target.triple}.zip of the release at https://github.com/denoland/deno/releases. Then name it:\n` +
    "DENORT_BIN=/path/to/denort deno task compile. With a denort of another version, name the Deno of that version,\n" +
    "too: deno task compile --deno /path/to/deno";
}

/** Whether Deno refused because it does not know the machine. */
export function isUnknownTarget(stderr: string): boolean {
  return /invalid value '[^']*' for '--target/.test(stderr);
}
