// deno-lint-ignore-file no-console -- a script talks to people
/**
 * Checks that imports keep to the layers of `layers/rules.ts`, and that the core is pure. Prints one line per slip and
 * exits with 1 when there are any.
 *
 * @module
 */

import { root, sources } from "./files.ts";
import { violations } from "./layers/check.ts";
import { imports } from "./layers/graph.ts";

/** Rules of the lint plugin that belong to the layers: globals are found in the syntax tree, not in text. */
const rules = new Set(["lunbox/core-is-pure", "lunbox/deno-in-its-place"]);

interface Report {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly message: string;
    readonly range: { readonly start: { readonly line: number } };
  }[];
  readonly errors: readonly { readonly file_path: string; readonly message: string }[];
}

if (import.meta.main) {
  const files = [...sources("lib"), "main.ts"];
  const [found, impure] = await Promise.all([imports(files, root), impurities()]);
  const slips = [...violations(found), ...impure];
  for (const slip of slips) console.error(slip);
  console.log(`${files.length} files, ${found.length} imports, ${slips.length} slips`);
  if (slips.length > 0) Deno.exit(1);
}

/** What the lint plugin says about globals. */
async function impurities(): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["lint", "--json", "lib", "main.ts"],
    cwd: root,
    stderr: "piped",
  }).output();
  const json = new TextDecoder().decode(stdout);
  if (json === "") throw new Error(`Cannot lint: ${new TextDecoder().decode(stderr).trim()}`);
  const { diagnostics, errors } = JSON.parse(json) as Report;
  return [
    ...errors.map(({ file_path, message }) => `${below(file_path)}: ${message}`),
    ...diagnostics.filter(({ code }) => rules.has(code)).map(({ filename, range, message }) =>
      `${below(filename)}:${range.start.line}: ${message}`
    ),
  ];
}

function below(path: string): string {
  return decodeURIComponent(path.replace(root.href, "").replace(root.pathname, ""));
}
