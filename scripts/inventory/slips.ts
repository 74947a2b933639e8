/**
 * What must hold for each file of the tree: tests, length, module doc.
 *
 * @module
 */

import { moduleDoc } from "../lint/place.ts";

/** A file of the tree. */
export interface Source {
  /** Path below the repository. */
  readonly path: string;
  readonly text: string;
}

/** Lines of a file after which a reader begins to tire, and after which nobody is expected to read on. */
export const lengths = { soft: 250, hard: 400 } as const;

/** Folders of `tests` that do not mirror `lib`. */
const elsewhere = new Set([
  "bench",
  "conformance",
  "fixtures",
  "fuzz",
  "interop",
  "property",
  "protocol",
  "scripts",
  "std",
  "support",
]);

/** Everything that does not hold, one line each. */
export function slips(files: readonly Source[]): { readonly errors: string[]; readonly warnings: string[] } {
  const errors: string[] = [];
  const warnings: string[] = [];
  const paths = new Set(files.map(({ path }) => path));
  for (const file of files) {
    const { path } = file;
    const own = path.startsWith("lib/") && !path.startsWith("lib/std/");
    const doc = moduleDoc(file.text);
    const tests = /^Tested in (\S+_test\.ts)\.$/m.exec(doc)?.[1] ?? testOf(path);
    if (own && !isDeclarative(file.text) && !paths.has(tests)) errors.push(`${path}: has no tests: expected ${tests}`);
    const mirrored = fileOf(path);
    if (mirrored !== undefined && !paths.has(mirrored)) errors.push(`${path}: tests nothing: there is no ${mirrored}`);
    if ((own || path.startsWith("scripts/") || path === "main.ts") && doc === "") {
      errors.push(`${path}: has no module doc: begin with /** What it is for. @module */`);
    }
    const lines = file.text.split("\n").length - 1;
    if (/@table\b/.test(doc) || path.startsWith("lib/std/")) continue;
    if (lines > lengths.hard) errors.push(`${path}: has ${lines} lines: more than ${lengths.hard}`);
    else if (lines > lengths.soft) warnings.push(`${path}: has ${lines} lines: more than ${lengths.soft}`);
  }
  return { errors, warnings };
}

/** The tests of a file of `lib`. */
export function testOf(path: string): string {
  return path.replace(/^lib\//, "tests/").replace(/\.ts$/, "_test.ts");
}

/** The file that a test file mirrors; `undefined` where tests do not mirror `lib`. */
export function fileOf(path: string): string | undefined {
  const match = /^tests\/(?:(\w+)\/)?.*_test\.ts$/.exec(path);
  if (match === null || elsewhere.has(match[1] ?? "")) return undefined;
  if (path === "tests/main_test.ts") return "main.ts";
  return path.replace(/^tests\//, "lib/").replace(/_test\.ts$/, ".ts");
}

/**
 * A file that only exports again, or only declares types, as-const tables and plain records (classes that keep what their
 * constructor is given), has nothing to be tested.
 */
export function isDeclarative(text: string): boolean {
  const code = text
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`/g, '""')
    .replaceAll(/^(export )?interface [\s\S]*?^}/gm, "")
    .replaceAll(/^(export )?type [\s\S]*?;$/gm, "");
  return !/\b(function|if|for|while|switch|return|throw|new)\b|=>/.test(code);
}
