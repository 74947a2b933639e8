/**
 * The page cache: emptied before a load, and whether it really was.
 *
 * @module
 */

import { run } from "../command.ts";

/** Drops what the page cache has of a file, after writing what is not on the disk yet. */
export async function dropCache(path: string): Promise<void> {
  // dd with a count of nothing gives the advice of posix_fadvise(POSIX_FADV_DONTNEED) for the whole file.
  await run(["dd", `of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"]);
}

/** Bytes that a process has had read from disks (proc(5)); `undefined` where it cannot be told. */
export function bytesFromDisk(pid: number): number | undefined {
  try {
    return readBytesOf(Deno.readTextFileSync(`/proc/${pid}/io`));
  } catch {
    return undefined;
  }
}

/** The field read_bytes of /proc/PID/io. */
export function readBytesOf(text: string): number | undefined {
  const bytes = Number(/^read_bytes: (\d+)$/m.exec(text)?.[1] ?? NaN);
  return Number.isFinite(bytes) ? bytes : undefined;
}
