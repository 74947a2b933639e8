/**
 * `files`: one line per file of `lib`, from the first sentence of its module doc.
 *
 * @module
 */

import { sources, text } from "../files.ts";
import { moduleDoc } from "../lint/place.ts";
import { code, table } from "./table.ts";

/** A table per folder of `lib`; of the packages in `lib/std` their entry only. */
export function files(): string {
  const all = ["main.ts", ...sources("lib")].filter((path) => !path.startsWith("lib/std/") || path.endsWith("/mod.ts"));
  const byFolder = Map.groupBy(all, (path) => path.startsWith("lib/std/") ? "lib/std" : folderOf(path));
  return [...byFolder].sort(([a], [b]) => a < b ? -1 : 1).map(([folder, paths]) => {
    const rows = paths.map((path) => [code(path.slice(folder.length).replace(/^\//, "")), firstSentence(text(path))]);
    return table([folder === "" ? "At the top" : code(folder), "What it is for"], rows);
  }).join("\n\n");
}

/** The first sentence of a file's module doc, without its full stop. */
export function firstSentence(source: string): string {
  const paragraph = moduleDoc(source).split(/\n\s*\n/, 1)[0] ?? "";
  const line = paragraph.replaceAll(/\s+/g, " ").replaceAll(/\{@link (\S+?)\}/g, "`$1`");
  return line.replace(/(?<!\b(?:e\.g|i\.e))\.(?: .*)?$/, "").replace(/^@module$/, "");
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
