/**
 * Programs that give up permissions half way.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/**
 * Runs `before`, gives up permissions, runs `after` in the same program.
 *
 * @returns what it printed; fails when there was an error
 */
export async function runWithout(
  permissions: readonly Deno.PermissionName[],
  { before, after }: { readonly before: string; readonly after: string },
  ...args: string[]
): Promise<string> {
  const revoke = `for (const name of ${JSON.stringify(permissions)}) Deno.permissions.revokeSync({ name });`;
  const url = `data:text/typescript,${encodeURIComponent(`${before}\n${revoke}\n${after}`)}`;
  const run = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", url, ...args] });
  const { code, stdout, stderr } = await run.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
