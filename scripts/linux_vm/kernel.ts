/**
 * Debian's own kernel: its image, and the modules that the guest needs in the order in which they load.
 *
 * @module
 */

import { firstDependency, unpack } from "./packages.ts";

/** An unpacked kernel. */
export interface Kernel {
  /** Release, for example `6.1.0-56-amd64`. */
  readonly release: string;
  /** Path of the bootable image. */
  readonly image: string;
  /** Paths of the module files by name, with `_` for `-`. */
  readonly modules: ReadonlyMap<string, string>;
  /** Names of the modules that are part of the image. */
  readonly builtIn: ReadonlySet<string>;
}

/** Fetches (once) and describes the kernel that the metapackage `linux-image-amd64` stands for. */
export async function debianKernel(): Promise<Kernel> {
  const [tree = ""] = await unpack([await firstDependency("linux-image-amd64")]);
  const [image] = Array.from(Deno.readDirSync(`${tree}/boot`)).filter((entry) => entry.name.startsWith("vmlinuz-"));
  if (image === undefined) throw new Error(`Cannot find the kernel image: none in ${tree}/boot`);
  const release = image.name.slice("vmlinuz-".length);
  const folder = `${tree}/lib/modules/${release}`;
  const modules = new Map<string, string>();
  collect(`${folder}/kernel`, modules);
  const builtIn = Deno.readTextFileSync(`${folder}/modules.builtin`).split("\n").map(moduleName);
  return { release, image: `${tree}/boot/${image.name}`, modules, builtIn: new Set(builtIn) };
}

/**
 * The modules `wanted` and all they depend on, each after those it needs.
 *
 * @throws {Error} If the kernel has no such module.
 */
export function loadOrder(kernel: Kernel, wanted: readonly string[]): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (given: string): void => {
    const name = given.replaceAll("-", "_");
    if (seen.has(name) || kernel.builtIn.has(name)) return;
    seen.add(name);
    const path = kernel.modules.get(name);
    if (path === undefined) throw new Error(`Cannot load kernel module ${given}: ${kernel.release} has none`);
    dependencies(Deno.readFileSync(path)).forEach(visit);
    order.push(name);
  };
  wanted.forEach(visit);
  return order;
}

// The package has no modules.dep (its installation makes that), but every module says in its .modinfo section what it needs.
function dependencies(module: Uint8Array): string[] {
  const text = new TextDecoder("latin1").decode(module);
  const [, names = ""] = /\0depends=([^\0]*)\0/.exec(text) ?? [];
  return names.split(",").filter((name) => name !== "");
}

function collect(folder: string, modules: Map<string, string>): void {
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) collect(path, modules);
    else if (entry.name.endsWith(".ko")) modules.set(moduleName(path), path);
  }
}

function moduleName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.ko$/, "").replaceAll("-", "_");
}
