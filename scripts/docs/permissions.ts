/**
 * `permissions`: what the executable may do, and why, from the `serve` task.
 *
 * @module
 */

import { type Config, permissions as flagsOf, reasonOf } from "../compile/permissions.ts";
import { text } from "../files.ts";
import { code, table } from "./table.ts";

/** The table of permissions. */
export function permissions(): string {
  const flags = flagsOf(JSON.parse(text("deno.json")) as Config).filter((flag) => flag !== "--no-prompt");
  return table(["Permission", "What it is for"], flags.map((flag) => [code(flag), reasonOf(flag) ?? ""]));
}
