/**
 * What goes into the executable: `main.ts`, `lib` and a `deno.json` whose version names the commit, copied to a folder of
 * their own so that nothing else can slip in and no file of the tree is touched.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** Files and folders of the repository that make the program. */
const parts = ["main.ts", "lib"] as const;

/** The path of a `file:` URL, as this operating system writes it. */
export function pathOf(url: URL): string {
  return fileURLToPath(url);
}

/** What is staged, and where. */
export interface StageOptions {
  /** The version that the program is going to tell. */
  readonly version: string;
  /** The time of all files. */
  readonly time: Date;
  /** `dist/stage` by default. */
  readonly folder?: string;
}

/**
 * Copies the program's parts from `root` to a folder, writes its configuration with another version, and returns the
 * folder. Path and times are always the same, because they go into the executable: what is built twice is the same.
 *
 * @throws {Error} while another build uses the folder
 */
export async function stage(root: URL, options: StageOptions): Promise<string> {
  const { version, time, folder = pathOf(new URL("dist/stage", root)) } = options;
  await Deno.mkdir(new URL("dist", root), { recursive: true });
  try {
    await Deno.mkdir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(`Cannot compile: ${folder} is in use by another build; remove it if none is running`);
  }
  for (const part of parts) await copy(new URL(part, root), `${folder}/${part}`);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as Record<string, unknown>;
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ ...config, version }, undefined, 2));
  await setTimes(folder, time);
  return folder;
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

async function setTimes(folder: string, time: Date): Promise<void> {
  for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) await setTimes(path, time);
    await Deno.utime(path, time, time);
  }
}
