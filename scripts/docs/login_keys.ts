/**
 * `login-keys`: every operational text key, what both sides' values result in, and what the target brings along, from
 * the table of keys.
 *
 * @module
 */

import { type KeyRow, keys } from "../../lib/iscsi/keys.ts";
import { defaultLocalParameters } from "../../lib/iscsi/parameters.ts";
import { table } from "./table.ts";

const results = {
  or: "Yes when one side says so",
  and: "Yes when both sides say so",
  min: "the smaller number",
  max: "the larger number",
  declares: "each side its own",
  list: "the first that both know",
} as const;

/** The table of keys that are negotiated. */
export function loginKeys(): string {
  return table(["Key", "Result", "Range", "Default", "Ours", "Reference"], keys.flatMap((row) => rowOf(row)));
}

function rowOf(row: KeyRow): string[][] {
  switch (row.kind) {
    case "declarative":
    case "security":
    case "query":
      return [];
    case "obsolete":
      return [[row.name, "obsolete", "", "", row.answer, row.spec]];
    default: {
      const range = "least" in row ? `${row.least} to ${row.most}` : row.kind === "list" ? "" : "Yes, No";
      return [[
        row.name,
        results[row.kind],
        range,
        value(row.default),
        value(defaultLocalParameters[row.own]),
        row.spec,
      ]];
    }
  }
}

function value(of: boolean | number | string | readonly string[]): string {
  if (typeof of === "boolean") return of ? "Yes" : "No";
  return typeof of === "object" ? of.join(", ") : String(of);
}
