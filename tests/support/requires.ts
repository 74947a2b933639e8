/**
 * Tests that need other programs: ignored where they are missing, failed where they must not be.
 *
 * @module
 */

import { installed } from "../../scripts/command.ts";

/**
 * What to spread into a test that needs `programs`: without them it is ignored and the reason printed.
 *
 * @throws {Error} If one is missing while `CI=true` is in the environment.
 */
export function requires(...programs: readonly string[]): { ignore: boolean } {
  const missing = programs.filter((program) => !installed(program));
  if (missing.length === 0) return { ignore: false };
  const reason = `Cannot run this test: ${missing.join(", ")} not installed`;
  if (Deno.env.get("CI") === "true") throw new Error(reason);
  if (!told.has(reason)) Deno.stderr.writeSync(new TextEncoder().encode(`ignored: ${reason}\n`));
  told.add(reason);
  return { ignore: true };
}

const told = new Set<string>();
