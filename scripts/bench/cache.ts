/**
 * The page cache: filled or emptied before a load, and whether it really was.
 *
 * @module
 */

import { run } from "../command.ts";

/** Drops what the page cache has of a file, after writing what is not on the disk yet. */
export async function dropCache(path: string): Promise<void> {
  // dd with a count of nothing gives the advice of posix_fadvise(POSIX_FADV_DONTNEED) for the whole file.
  await run(["dd", `of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"]);
}

/** Brings all of a file into the page cache: systems that reclaim memory early may have dropped some of it. */
export async function fillCache(path: string): Promise<void> {
  using file = await Deno.open(path);
  const piece = new Uint8Array(1 << 20);
  while (await file.read(piece) !== null);
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
