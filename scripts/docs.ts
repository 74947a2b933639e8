// deno-lint-ignore-file no-console -- a script talks to people
/**
 * Writes the generated parts of the documentation; with `--check` only tells whether they are up to date.
 *
 * @module
 */

import { documents, regenerate } from "./docs/mod.ts";
import { root, text } from "./files.ts";

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  let stale = 0;
  for (const path of documents) {
    const before = text(path);
    const after = regenerate(before);
    if (after === before) continue;
    stale++;
    if (check) console.error(`${path}: generated parts are out of date: run deno task docs`);
    else {
      Deno.writeTextFileSync(new URL(path, root), after);
      console.log(`${path}: written`);
    }
  }
  if (check && stale > 0) Deno.exit(1);
}
