/**
 * Where a linted file stands in the house.
 *
 * @module
 */

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** The path of a file below the repository, with `/`: `lib/scsi/task.ts`. Other paths are returned as they are. */
export function placeOf(filename: string): string {
  const path = filename.replaceAll("\\", "/");
  const absolute = path.startsWith("/") ? path : `/${path}`;
  return absolute.startsWith(root) ? absolute.slice(root.length) : path;
}

/** The folder of `lib` that a path is in: `scsi` for `lib/scsi/commands/read_write.ts`; `undefined` elsewhere. */
export function roomOf(path: string): string | undefined {
  return /^lib\/(\w+)\//.exec(path)?.[1];
}

/** The text of a file's module doc, without the stars; empty when there is none. */
export function moduleDoc(source: string): string {
  const doc = /^(?:(?:#!|\/\/)[^\n]*\n|\s)*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  if (!/^[\s*]*@module\b/m.test(doc)) return "";
  return doc.replaceAll(/^[ \t]*\*? ?/gm, "").trim();
}
