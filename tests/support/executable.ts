/**
 * The compiled executable for tests: built once, run alone.
 *
 * @module
 */

import { attempt, run } from "../../scripts/command.ts";
import { pathOf } from "../../scripts/compile/stage.ts";
import { root } from "../../scripts/files.ts";

/** Where a script may stand that prepares a base binary where none can be downloaded. */
const preparation = pathOf(new URL("../shared/tools/denort.sh", root));

/** Variables for a program that is to find nothing: no PATH, no home, and no way out but through a proxy that is not there. */
export const NOTHING: Readonly<Record<string, string>> = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
};

/**
 * What to spread into a test that needs the executable: without a base binary at hand it is ignored, unless `CI=true` is
 * in the environment; then Deno downloads one, or the test fails.
 */
export function requiresExecutable(): { ignore: boolean } {
  if (Deno.env.get("CI") === "true" || Deno.env.get("DENORT_BIN") || exists(preparation)) return { ignore: false };
  const reason = "ignored: Cannot build the executable: DENORT_BIN names no base binary\n";
  Deno.stderr.writeSync(new TextEncoder().encode(reason));
  return { ignore: true };
}

let built: Promise<string> | undefined;

/** The path of the executable, which is built at the first call. */
export function executable(): Promise<string> {
  return built ??= build();
}

async function build(): Promise<string> {
  const output = pathOf(new URL("dist/lunbox-under-test", root));
  const env: Record<string, string> = {};
  let deno = Deno.execPath();
  if (!Deno.env.get("DENORT_BIN") && exists(preparation)) {
    // It prints lines such as "export DENORT_BIN=/path".
    const lines = await run([preparation]);
    for (const [, name = "", value = ""] of lines.matchAll(/^(?:export )?(\w+)=(.*)$/gm)) env[name] = value;
    deno = env["DENO_FOR_COMPILE"] ?? deno;
  }
  const line = [Deno.execPath(), "run", "-A", pathOf(new URL("scripts/compile.ts", root)), "--output", output];
  const { code, stderr } = await attempt([...line, "--deno", deno], { env });
  if (code !== 0) throw new Error(`Cannot test the executable: ${stderr}`);
  return output;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
