/**
 * Where an executable comes from: version, commit, Deno.
 *
 * @module
 */

import { attempt, run } from "../command.ts";
import { root } from "../files.ts";
import { pathOf } from "./stage.ts";

/** What is known of the sources and the tools. */
export interface Provenance {
  /** With the commit as build metadata. */
  readonly version: string;
  /** The version of Deno that compiles. */
  readonly deno: string;
  /** The version of its V8. */
  readonly v8: string;
  /** When the sources were committed, as RFC 3339 has it. */
  readonly timestamp: string;
}

/** `version` with the commit as build metadata (semver.org §10): `1.2.0+17aebc0`, `1.2.0+17aebc0.dirty`. */
export function stampedVersion(version: string, commit: string | undefined, dirty: boolean): string {
  if (commit === undefined) return version;
  return `${version}+${commit}${dirty ? ".dirty" : ""}`;
}

/** Versions in what `deno --version` prints. */
export function toolVersions(text: string): Pick<Provenance, "deno" | "v8"> {
  const [, deno] = /^deno (\S+)/m.exec(text) ?? [];
  const [, v8] = /^v8 (\S+)/m.exec(text) ?? [];
  if (deno === undefined || v8 === undefined) {
    throw new Error(`Cannot compile: that is no Deno, it says ${text.trim()}`);
  }
  return { deno, v8 };
}

/** Asks git and Deno. Outside of a git clone there is no commit, and time is that of the epoch. */
export async function provenance(deno: string, version: string): Promise<Provenance> {
  const tools = toolVersions(await run([deno, "--version"], { env: { NO_COLOR: "1" } }));
  const head = await git("show", "--no-patch", "--format=%h %cI", "HEAD");
  if (head === undefined) return { ...tools, version, timestamp: new Date(0).toISOString() };
  const [commit, date = ""] = head.trim().split(" ");
  const dirty = await git("status", "--porcelain", "main.ts", "lib", "deno.json") !== "";
  return { ...tools, version: stampedVersion(version, commit, dirty), timestamp: new Date(date).toISOString() };
}

async function git(...args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await attempt(["git", ...args], { cwd: pathOf(root) });
    return code === 0 ? stdout : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
