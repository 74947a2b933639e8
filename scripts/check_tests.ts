// deno-lint-ignore-file no-console -- a script talks to people
/**
 * Checks that every file of `lib` has its tests, every test its file, no file is too long, and every file says what it is
 * for. Prints one line per slip and exits with 1 when there are any; a long file is only a warning.
 *
 * @module
 */

import { slips, type Source } from "./inventory/slips.ts";
import { sources, text } from "./files.ts";

if (import.meta.main) {
  const files: Source[] = [...sources("lib"), ...sources("tests"), ...sources("scripts"), "main.ts"].map((path) => ({
    path,
    text: text(path),
  }));
  const found = slips(files);
  for (const warning of found.warnings) console.warn(`warning: ${warning}`);
  for (const error of found.errors) console.error(error);
  console.log(`${files.length} files, ${found.errors.length} slips, ${found.warnings.length} warnings`);
  if (found.errors.length > 0) Deno.exit(1);
}
