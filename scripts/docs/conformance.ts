/**
 * `conformance [LIST]`: what outside judges check, item by item, and the tests that check it here. The tests are asked by
 * importing their files, so that none can be listed that does not exist.
 *
 * @module
 */

import { lists } from "../../tests/conformance/items/all.ts";
import type { Item } from "../../tests/conformance/items/item.ts";
import { certificatesOf } from "../../tests/support/certification.ts";
import { root, sources, text } from "../files.ts";
import { table } from "./table.ts";

/** A test and the items that it checks. */
export interface Listed {
  readonly items: readonly string[];
  /** The whole name of the test. */
  readonly name: string;
  /** Its file below the repository. */
  readonly path: string;
}

/** Every test of `deno task test` that says which items it checks. */
const listed: readonly Listed[] = await collect();

/**
 * The table of a list, or of all of them.
 *
 * @throws {Error} At a list that does not exist, an item that has neither a test nor a reason or has both, and a test that
 * names an item of no list
 */
export function conformance(name?: string): string {
  if (name === undefined) return Object.keys(lists).map((one) => conformance(one)).join("\n\n");
  const items = Object.entries<readonly Item[]>(lists).find(([one]) => one === name)?.[1];
  if (items === undefined) throw new Error(`Cannot list ${name}: there are only ${Object.keys(lists).join(", ")}`);
  const known = new Set(Object.values<readonly Item[]>(lists).flatMap((list) => list.map(({ id }) => id)));
  for (const { items, name } of listed) {
    const unknown = items.find((id) => !known.has(id));
    if (unknown !== undefined) throw new Error(`Cannot list "${name}": ${unknown} is in no list`);
  }
  return tableOf(items, listed);
}

/**
 * Items with their tests, and links to the files of these.
 *
 * @throws {Error} At items that have neither a test nor a reason, or both
 */
export function tableOf(items: readonly Item[], tests: readonly Listed[]): string {
  const wrong: string[] = [];
  const rows = items.map((item) => {
    const own = tests.filter((test) => test.items.includes(item.id));
    if (own.length === 0 && item.reason === undefined) wrong.push(`${item.id} has neither a test nor a reason`);
    if (own.length > 0 && item.reason !== undefined) wrong.push(`${item.id} has a reason for no test, and tests`);
    const checks = item.decided === undefined ? item.checks : `${item.checks}. RFC 7143: ${item.decided}`;
    return [item.id, checks, item.spec, own.length === 0 ? `No test: ${item.reason}` : cell(own)];
  });
  if (wrong.length > 0) throw new Error(`Cannot list the items: ${wrong.join("; ")}`);
  const paths = new Set(
    tests.filter((test) => items.some(({ id }) => test.items.includes(id))).map(({ path }) => path),
  );
  const links = [...paths].sort().map((path) => `[${label(path)}]: ../${path}`);
  return [table(["Item", "What is checked", "Reference", "Tests"], rows), ...links.length > 0 ? [links.join("\n")] : []]
    .join("\n\n");
}

/** Tests by their files: how many there are, and the first one's name. */
function cell(tests: readonly Listed[]): string {
  const byFile = Map.groupBy(tests, ({ path }) => path);
  return [...byFile].map(([path, [first, ...more]]) => {
    return `[${label(path)}]: ${shown(first)}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
  }).join("; ");
}

/** What a file of tests is called in a table. */
function label(path: string): string {
  return path.replace(/^tests\/(?:conformance\/(?:rfc7143\/)?)?/, "").replace(/_test\.ts$/, "");
}

/** A test's name without its items, as Markdown. */
function shown(test: Listed | undefined): string {
  const { items = [], name = "" } = test ?? {};
  return name.slice(items.length === 0 ? 0 : `${items.join(", ")}: `.length).replaceAll(/[<*_`\\]/g, "\\$&");
}

async function collect(): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  // Tests of scripts import this file; the others are not part of deno task test.
  const elsewhere = /^tests\/(?:bench|interop|scripts)\//;
  const paths = sources("tests").filter((path) => path.endsWith("_test.ts") && !elsewhere.test(path));
  const own = (path: string): boolean => path.startsWith("tests/conformance/");
  for (const path of paths.filter((path) => own(path) || text(path).includes("support/certification.ts"))) {
    const tests = await certificatesOf(() => import(new URL(path, root).href));
    found.push(...tests.map((test) => ({ ...test, path })));
  }
  return found;
}
