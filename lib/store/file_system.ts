/**
 * Small things that file stores need of the file system.
 *
 * @module
 */

/** Makes the entry of a file in its directory stable, where the system and the permissions let us. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = parentOf(path);
  if (Deno.build.os === "windows" || !permitted("read", directory)) return;
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
export function parentOf(path: string): string {
  const end = Deno.build.os === "windows"
    ? Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))
    : path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, end + 1);
}
