/**
 * The files of the repository, for the scripts that look at all of them.
 *
 * @module
 */

/** The repository, a `file:` URL with a slash at its end. */
export const root: URL = new URL("../", import.meta.url);

/** Paths below `root` of the TypeScript files in a folder of it, sorted; empty when there is no such folder. */
export function sources(folder: string): string[] {
  const found: string[] = [];
  function walk(path: string): void {
    for (const entry of Deno.readDirSync(new URL(path, root))) {
      if (entry.isDirectory) walk(`${path}/${entry.name}`);
      else if (entry.name.endsWith(".ts")) found.push(`${path}/${entry.name}`);
    }
  }
  try {
    walk(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

/** The text of a file. */
export function text(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}
