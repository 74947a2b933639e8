/**
 * Small things that file stores need of the file system.
 *
 * @module
 */

/** How operating systems differ in what they do with files. */
export interface FileSystemTraits {
  /** A lock keeps out all other handles, those of its owner as well. */
  readonly locksOutOwner: boolean;
  /** Directories can be opened and synced. */
  readonly opensDirectories: boolean;
  /** A backslash parts the names of a path, as a slash does. */
  readonly backslashes: boolean;
  /** A file that is made longer takes no space until it is written to. */
  readonly growsSparse: boolean;
}

/** The traits of the operating system of this name, as in `Deno.build.os`. */
export function traitsOf(os: string): FileSystemTraits {
  const windows = os === "windows";
  return { locksOutOwner: windows, opensDirectories: !windows, backslashes: windows, growsSparse: !windows };
}

/** The traits of this system. */
export const traits: FileSystemTraits = traitsOf(Deno.build.os);

/** Makes the entry of a file in its directory stable, where the system and the permissions let us. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = parentOf(path);
  if (!traits.opensDirectories || !permitted("read", directory)) return;
  try {
    using handle = await Deno.open(directory);
    await handle.sync();
  } catch {
    // Not every file system can; the file itself is safe.
  }
}

/** Whether a path may be used without asking the user. */
export function permitted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/** The directory that a path is in. */
export function parentOf(path: string, { backslashes }: Pick<FileSystemTraits, "backslashes"> = traits): string {
  const end = Math.max(path.lastIndexOf("/"), backslashes ? path.lastIndexOf("\\") : -1);
  if (end >= 0) return path.slice(0, end + 1);
  // "D:disk.img" is in the current directory of that drive.
  return backslashes && /^[a-z]:/i.test(path) ? path.slice(0, 2) : ".";
}
