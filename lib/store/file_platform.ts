/**
 * The door to what only some operating systems and file systems can do with a file.
 *
 * Tested in tests/store/file_posix_test.ts.
 *
 * @module
 */

import type { Extent, StoreSpace } from "./store.ts";

/** Holes in files. A {@link FileStore} without it writes zeros, and knows of no holes. */
export interface FilePlatform {
  /** Bytes that become a hole together, at multiples of it; what is less of them is zeroed. */
  readonly granularity?: number;
  /** Holes can only be made of whole multiples of `granularity`. */
  readonly aligned?: boolean;
  /** Makes a hole; the range reads as zeros afterwards, and the file keeps its size. */
  punch(at: number, length: number): void | Promise<void>;
  /** The holes and the data of a range, in order and without gaps. */
  extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]>;
  /** How full the file and its file system are; absent, or `undefined`, when that is not known. */
  space?(): Promise<StoreSpace | undefined>;
  /** Lets go of everything. */
  close(): void;
}

/** A file that is open and is opened once more. */
export interface OpenedFile {
  readonly path: string;
  /** What the path led to; no other file is taken in its place. */
  readonly info: Deno.FileInfo;
}

/** What a platform is opened for. */
export interface PlatformTarget extends OpenedFile {
  readonly readOnly: boolean;
}

/** A call to the operating system that failed. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** As the C library names it: `ENOSPC`. */
  readonly code: string;

  constructor(call: string, code: string) {
    super(`Cannot ${call}: ${code}`);
    this.code = code;
  }

  /** The system, or the file system, has no such call: it may be done in another way. */
  get unsupported(): boolean {
    return this.code === "EOPNOTSUPP" || this.code === "ENOSYS";
  }
}
