/**
 * Holes in files of Windows.
 *
 * @module
 */

import { type FilePlatform, type PlatformTarget, SystemError } from "./file_platform.ts";
import { controlCode, type ControlResult, moreData, type WindowsCalls } from "./file_windows_calls.ts";
import type { Extent } from "./store.ts";

/** NTFS gives space of sparse files back in pieces of 16 clusters, which are 4 KiB each by default. */
const usualGranularity = 65536;

/** Bytes of a FILE_ALLOCATED_RANGE_BUFFER: offset and length. */
const rangeSize = 16;
const rangesAtOnce = 256;

/**
 * Opens a file of its own for the calls that concern holes. `undefined` when the library cannot be loaded, the path leads
 * to another file than `target` knows, or the file cannot be made sparse.
 */
export async function openWindowsPlatform(
  load: () => WindowsCalls | undefined,
  target: PlatformTarget,
): Promise<FilePlatform | undefined> {
  const calls = load();
  if (calls === undefined) return undefined;
  const handle = calls.open(target.path, target.readOnly);
  if (handle === undefined) {
    calls.unload();
    return undefined;
  }
  const platform = new WindowsPlatform(calls, handle);
  if (isSame(calls.identify(handle), target.info) && await platform.works(target)) return platform;
  platform.close();
  return undefined;
}

function isSame(found: ReturnType<WindowsCalls["identify"]>, { ino, dev }: Deno.FileInfo): boolean {
  if (found === undefined) return false;
  // The number is given as a double: the last bits of a large one are not there.
  return ino === null || Number(found.file) === ino && (dev === null || found.volume === dev);
}

/** The holes of one file. */
class WindowsPlatform implements FilePlatform {
  readonly granularity: number = usualGranularity;
  readonly #calls: WindowsCalls;
  readonly #handle: bigint;
  /** Calls that have not come back: the file stays open for them. */
  #running = 0;
  #closed = false;

  constructor(calls: WindowsCalls, handle: bigint) {
    this.#calls = calls;
    this.#handle = handle;
  }

  /** Makes the file sparse, which changes nothing as long as no hole is made. */
  async works({ info, readOnly }: PlatformTarget): Promise<boolean> {
    try {
      if (!readOnly) check("set sparse", await this.#control(controlCode.setSparse, new Uint8Array(0)));
      await this.extents(0, Math.min(info.size, this.granularity));
      return true;
    } catch {
      return false;
    }
  }

  async punch(at: number, length: number): Promise<void> {
    check("zero data", await this.#control(controlCode.setZeroData, numbers(at, at + length)));
  }

  async extents(at: number, length: number): Promise<readonly Extent[]> {
    const found: Extent[] = [];
    const end = at + length;
    const output = new DataView(new ArrayBuffer(rangesAtOnce * rangeSize));
    let next = at;
    for (let more = true; more && next < end;) {
      const input = numbers(next, end - next);
      const result = await this.#control(controlCode.queryAllocatedRanges, input, new Uint8Array(output.buffer));
      more = result.error === moreData && result.filled >= rangeSize;
      if (!more) check("query ranges", result);
      for (let i = 0; i + rangeSize <= result.filled; i += rangeSize) {
        const start = Math.max(next, Number(output.getBigInt64(i, true)));
        const stop = Math.min(end, Number(output.getBigInt64(i, true) + output.getBigInt64(i + 8, true)));
        if (start > next) found.push({ at: next, length: start - next, allocated: false });
        if (stop > start) found.push({ at: start, length: stop - start, allocated: true });
        next = Math.max(next, stop);
      }
    }
    if (next < end) found.push({ at: next, length: end - next, allocated: false });
    return found;
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
  }

  async #control(
    code: number,
    input: Uint8Array<ArrayBuffer>,
    output: Uint8Array<ArrayBuffer> = new Uint8Array(0),
  ): Promise<ControlResult> {
    if (this.#closed) throw new SystemError("use the file", "EBADF");
    this.#running++;
    try {
      return await this.#calls.control(this.#handle, { code, input, output });
    } finally {
      this.#running--;
      this.#letGo();
    }
  }

  #letGo(): void {
    if (!this.#closed || this.#running > 0) return;
    this.#calls.close(this.#handle);
    this.#calls.unload();
  }
}

/** The names by which stores know the errors of Windows. */
const errorNames: Readonly<Record<number, string>> = {
  1: "EOPNOTSUPP",
  5: "EACCES",
  6: "EBADF",
  19: "EROFS",
  21: "ENXIO",
  23: "EIO",
  39: "ENOSPC",
  50: "EOPNOTSUPP",
  87: "EINVAL",
  112: "ENOSPC",
  1117: "EIO",
  1295: "EDQUOT",
};

function check(call: string, { error }: ControlResult): void {
  if (error !== 0) throw new SystemError(call, errorNames[error] ?? `Windows error ${error}`);
}

function numbers(first: number, second: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigInt64(0, BigInt(first), true);
  view.setBigInt64(8, BigInt(second), true);
  return new Uint8Array(view.buffer);
}
