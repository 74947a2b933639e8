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
  let slips = 0;
  for (const path of documents) {
    try {
      const before = text(path);
      const after = regenerate(before);
      if (after === before) continue;
      if (check) {
        console.error(`${path}: generated parts are out of date: run deno task docs`);
        slips++;
        continue;
      }
      Deno.writeTextFileSync(new URL(path, root), after);
      console.log(`${path}: written`);
    } catch (error) {
      console.error(`${path}: ${error instanceof Error ? error.message : error}`);
      slips++;
    }
  }
  if (slips > 0) Deno.exit(1);
}
