/**
 * What goes into the executable: `main.ts`, `lib` and a `deno.json` whose version names the commit, copied to a folder of
 * their own so that nothing else can slip in and no file of the tree is touched.
 *
 * @module
 */

/** Files and folders of the repository that make the program. */
const parts = ["main.ts", "lib"] as const;

/** The configuration as far as building reads it. */
export interface Config {
  readonly version: string;
  readonly tasks: { readonly serve: { readonly command: string } };
}

/** `version` with the commit as build metadata (semver.org §10): `1.2.0+17aebc0`, `1.2.0+17aebc0.dirty`. */
export function stampedVersion(version: string, commit: string | undefined, dirty: boolean): string {
  if (commit === undefined) return version;
  return `${version}+${commit}${dirty ? ".dirty" : ""}`;
}

/** The permissions of the executable: those of the `serve` task, and no questions asked. */
export function permissions(config: Config): string[] {
  return [...config.tasks.serve.command.split(" ").filter((word) => word.startsWith("--allow-")), "--no-prompt"];
}

/** Copies the program's parts from `root` to `folder`, and writes its configuration with another version. */
export async function stage(root: URL, folder: string, version: string): Promise<void> {
  for (const part of parts) await copy(new URL(part, root), `${folder}/${part}`);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as Record<string, unknown>;
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ ...config, version }, undefined, 2));
}

async function copy(from: URL, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  const folder = new URL(`${from.href}/`);
  for await (const { name } of Deno.readDir(folder)) {
    await copy(new URL(encodeURIComponent(name), folder), `${to}/${name}`);
  }
}
