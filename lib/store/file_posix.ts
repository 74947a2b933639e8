/**
 * Holes in files of Linux and macOS.
 *
 * @module
 */

import { type FilePlatform, type PlatformTarget, SystemError } from "./file_platform.ts";
import type { PosixCalls } from "./file_posix_calls.ts";
import type { Extent, StoreSpace } from "./store.ts";

/** File systems allocate in blocks of this size where they say nothing else. */
const usualGranularity = 4096;

/**
 * Opens a file of its own for the calls that concern holes. `undefined` when the library cannot be loaded, the path leads
 * to another file than `target` knows, or the file system has no holes.
 */
export async function openPosixPlatform(
  load: () => PosixCalls | undefined,
  target: PlatformTarget,
): Promise<FilePlatform | undefined> {
  const calls = load();
  if (calls === undefined) return undefined;
  const descriptor = openAgain(calls, target);
  if (descriptor < 0) {
    calls.unload();
    return undefined;
  }
  const platform = new PosixPlatform(calls, descriptor, target.info.blksize || usualGranularity);
  if (await platform.works(target)) return platform;
  platform.close();
  return undefined;
}

/** Opens a file once more: the one that `info` is of, or none. The descriptor, or -1. */
export function openAgain(
  calls: PosixCalls,
  { path, info, readOnly }: PlatformTarget,
): number {
  const descriptor = calls.open(path, readOnly);
  if (descriptor < 0) return -1;
  const found = calls.identify(descriptor);
  if (found !== undefined && found.inode === info.ino && found.device === info.dev) return descriptor;
  calls.close(descriptor);
  return -1;
}

/** The holes of one file. */
class PosixPlatform implements FilePlatform {
  readonly granularity: number;
  readonly aligned: boolean;
  readonly #calls: PosixCalls;
  readonly #descriptor: number;
  /** Calls that have not come back: the file stays open for them. */
  #running = 0;
  #closed = false;

  constructor(calls: PosixCalls, descriptor: number, granularity: number) {
    this.#calls = calls;
    this.#descriptor = descriptor;
    this.granularity = granularity;
    this.aligned = !calls.freely;
  }

  /** Tries what will be needed: a hole behind the end of the file changes nothing. */
  async works({ info, readOnly }: PlatformTarget): Promise<boolean> {
    try {
      await this.extents(0, Math.min(info.size, this.granularity));
      const end = Math.ceil(info.size / this.granularity) * this.granularity;
      if (!readOnly && this.#calls.freely) await this.punch(end, this.granularity);
      return true;
    } catch {
      return false;
    }
  }

  async punch(at: number, length: number): Promise<void> {
    await this.#call("punch", at, length);
  }

  async extents(at: number, length: number): Promise<readonly Extent[]> {
    const found: Extent[] = [];
    const end = at + length;
    for (let next = at; next < end;) {
      const data = Math.min(end, await this.#seek("nextData", next, end));
      if (data > next) found.push({ at: next, length: data - next, allocated: false });
      if (data >= end) break;
      const hole = Math.min(end, await this.#seek("nextHole", data, end));
      // Somebody may have made a hole in between: then look again.
      if (hole > data) found.push({ at: data, length: hole - data, allocated: true });
      next = Math.max(hole, data);
    }
    return found;
  }

  async space(): Promise<StoreSpace | undefined> {
    if (this.#closed) return undefined;
    this.#running++;
    try {
      return await this.#calls.space(this.#descriptor);
    } finally {
      this.#running--;
      this.#letGo();
    }
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
  }

  async #seek(call: "nextData" | "nextHole", at: number, end: number): Promise<number> {
    try {
      return await this.#call(call, at, 0);
    } catch (error) {
      // There is none up to the end of the file.
      if (error instanceof SystemError && error.code === "ENXIO") return end;
      throw error;
    }
  }

  /** The error of a call is lost with the thread that it was on, so it is made once more. */
  async #call(call: "nextData" | "nextHole" | "punch", at: number, length: number): Promise<number> {
    if (this.#closed) throw new SystemError(call, "EBADF");
    this.#running++;
    try {
      for (;;) {
        const result = await this.#calls[call](this.#descriptor, at, length);
        if (result >= 0) return result;
        const reason = this.#calls.reasonOf(call, this.#descriptor, at, length);
        if (reason !== undefined && reason !== "EINTR") throw new SystemError(call, reason);
      }
    } finally {
      this.#running--;
      this.#letGo();
    }
  }

  #letGo(): void {
    if (!this.#closed || this.#running > 0) return;
    this.#calls.close(this.#descriptor);
    this.#calls.unload();
  }
}
