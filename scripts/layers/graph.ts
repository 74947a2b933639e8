/**
 * Who imports whom, as `deno info` sees it.
 *
 * @module
 */

/** One import of one file. */
export interface Import {
  /** Path of the importing file below the repository. */
  readonly from: string;
  /** Line of the import, from 1. */
  readonly line: number;
  /** What stands in the source: `./a.ts`, `@std/log`, `node:crypto`. */
  readonly specifier: string;
  /** What it means: a path below the repository, or a URL. */
  readonly to: string;
  /** Nothing of it remains at run time. */
  readonly typeOnly: boolean;
}

interface Resolved {
  readonly specifier?: string;
  readonly span?: { readonly start: { readonly line: number } };
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly specifier: string; readonly code?: Resolved; readonly type?: Resolved }[];
}

/**
 * The imports of `files` (paths below `root`), and of what they import, in the order of the files' names.
 *
 * @param root The repository, a `file:` URL with a slash at its end.
 */
export async function imports(files: readonly string[], root: URL): Promise<Import[]> {
  // deno info takes one entry: a module that imports them all.
  const entry = files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};`).join("");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:application/typescript,${encodeURIComponent(entry)}`],
    cwd: root,
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot read the module graph: ${new TextDecoder().decode(stderr).trim()}`);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly modules: readonly Module[] };
  return importsOf(modules, root);
}

/** The imports of modules as `deno info --json` prints them. */
export function importsOf(modules: readonly Module[], root: URL): Import[] {
  const found: Import[] = [];
  for (const { specifier: url, dependencies } of modules) {
    if (!url.startsWith(root.href)) continue;
    for (const { specifier, code, type } of dependencies ?? []) {
      const resolved = code ?? type;
      const to = resolved?.specifier ?? specifier;
      found.push({
        from: pathOf(url, root),
        line: (resolved?.span?.start.line ?? 0) + 1,
        specifier,
        to: pathOf(to, root),
        typeOnly: code === undefined,
      });
    }
  }
  return found.sort((a, b) => a.from < b.from ? -1 : a.from > b.from ? 1 : a.line - b.line);
}

function pathOf(url: string, root: URL): string {
  return url.startsWith(root.href) ? decodeURIComponent(url.slice(root.href.length)) : url;
}
