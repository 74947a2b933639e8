/**
 * Debian packages for the guest: resolved and fetched with the host's apt, unpacked into a cache, never installed.
 *
 * @module
 */

import { run } from "../command.ts";

/** Folder outside the repository that keeps packages, unpacked trees and archives between runs. */
export function cacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  return `${base}/lunbox-guest`;
}

/** One exact package. */
export interface Package {
  /** Name, for example `open-iscsi`. */
  readonly name: string;
  /** Version as apt writes it. */
  readonly version: string;
}

/** The packages that `names` need on a system that has nothing yet, themselves included, sorted by name. */
export async function closure(names: readonly string[]): Promise<Package[]> {
  // With an empty status file and archive folder apt plans from nothing: no package of the host is taken for granted.
  const empty = await Deno.makeTempDir({ prefix: "lunbox-apt-" });
  await Deno.writeTextFile(`${empty}/status`, "");
  await Deno.mkdir(`${empty}/archives/partial`, { recursive: true });
  try {
    const plan = await run([
      "apt-get",
      ...["-o", `Dir::State::status=${empty}/status`, "-o", `Dir::Cache::archives=${empty}/archives`],
      ...["-o", "Debug::NoLocking=true", "-qq", "--print-uris", "--no-install-recommends", "install", ...names],
    ]);
    return plan.split("\n").flatMap(plannedPackage).sort((a, b) => a.name < b.name ? -1 : 1);
  } finally {
    await Deno.remove(empty, { recursive: true });
  }
}

/** The package that the metapackage `name` stands for: its first dependency. */
export async function firstDependency(name: string): Promise<Package> {
  const record = await run(["apt-cache", "show", "--no-all-versions", name]);
  const [, real, version] = /^Depends: ([^ ,]+) \(= ([^)]+)\)/m.exec(record) ?? [];
  if (real === undefined || version === undefined) {
    throw new Error(`Cannot resolve package ${name}: no exact dependency`);
  }
  return { name: real, version };
}

/** The folders that hold the trees of `packages`, in the same order, fetched and unpacked where they were not yet. */
export async function unpack(packages: readonly Package[]): Promise<string[]> {
  const trees = packages.map((wanted) => ({ ...wanted, folder: `${cacheFolder()}/trees/${fileName(wanted)}` }));
  const missing = [];
  for (const tree of trees) if (!await exists(tree.folder)) missing.push(tree);
  if (missing.length > 0) await fetchTrees(missing);
  return trees.map((tree) => tree.folder);
}

async function fetchTrees(missing: readonly (Package & { folder: string })[]): Promise<void> {
  await Deno.mkdir(`${cacheFolder()}/trees`, { recursive: true });
  const work = await Deno.makeTempDir({ dir: cacheFolder(), prefix: "unpack-" });
  try {
    const exact = missing.map(({ name, version }) => `${name}=${version}`);
    // As root, apt would hand the download to a user who may not write here.
    await run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", ...exact], { cwd: work });
    const archives = Array.from(Deno.readDirSync(work), (entry) => entry.name);
    for (const tree of missing) {
      const archive = archives.find((name) => name.startsWith(`${fileName(tree)}_`));
      if (archive === undefined) throw new Error(`Cannot fetch package ${tree.name}: apt left no archive`);
      await run(["dpkg-deb", "-x", `${work}/${archive}`, `${work}/tree`]);
      await renameOnce(`${work}/tree`, tree.folder);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Moves `from` to `to` unless another process was first, whose result is then as good. */
export async function renameOnce(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (!await exists(to)) throw error;
  }
}

/** Whether there is something at `path`. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function fileName({ name, version }: Package): string {
  return `${name}_${version.replaceAll(":", "%3a")}`;
}

// A line is 'URI' name_version_arch.deb size hash; the version is percent-encoded where file names need it.
function plannedPackage(line: string): Package[] {
  const [name, version] = (line.split(" ")[1] ?? "").split("_");
  if (name === undefined || version === undefined) return [];
  return [{ name, version: decodeURIComponent(version) }];
}
