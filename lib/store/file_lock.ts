/**
 * One writer, or any number of readers, per image: across processes by an advisory lock, within one by a list.
 *
 * @module
 */

import { reasonOf, StoreOpenError } from "./errors.ts";
import { traits } from "./file_system.ts";

/** Deno before 2.7 has no `tryLock`. */
type Lockable = Deno.FsFile & { tryLock?(exclusive?: boolean): Promise<boolean> };

/** What to lock. */
export interface LockRequest {
  readonly path: string;
  /** One writer; otherwise one of many readers. */
  readonly exclusive: boolean;
  /** Locks a file beside the image in its place; by default where a lock keeps out the owner's other handles. */
  readonly beside?: boolean;
}

/** How many use each image within this process: readers, or -1 for a writer. */
const users = new Map<string, number>();

/** How long a `lock` that cannot be taken back may take, in milliseconds. */
const lockPatience = 500;

/** A lock on an image, until it is released or the process ends. */
export class FileLock {
  readonly #key: string;
  /** Locked in place of the image where a lock keeps even the owner's other handles out. */
  readonly #file: Deno.FsFile | undefined;

  private constructor(key: string, file: Deno.FsFile | undefined) {
    this.#key = key;
    this.#file = file;
  }

  /** Locks the open image `file`, or throws a {@link StoreOpenError} when somebody else uses it. */
  static async take(file: Deno.FsFile, request: LockRequest): Promise<FileLock> {
    const { path, exclusive, beside = traits.locksOutOwner } = request;
    const key = await identify(file, path);
    const before = users.get(key) ?? 0;
    if (exclusive ? before !== 0 : before < 0) {
      throw new StoreOpenError(`Cannot open ${path}: it is being served already`, "busy");
    }
    users.set(key, exclusive ? -1 : before + 1);
    let stand: Deno.FsFile | undefined;
    try {
      // Otherwise the lanes would be kept out as well.
      if (beside) {
        stand = await Deno.open(`${path}.lock`, { read: true, write: true, create: true });
      }
      if (!await tryLock(stand ?? file, exclusive)) {
        throw new StoreOpenError(`Cannot open ${path}: another process is serving it`, "busy");
      }
    } catch (error) {
      leave(key);
      stand?.close();
      if (error instanceof StoreOpenError) throw error;
      throw new StoreOpenError(`Cannot lock ${path}: ${reasonOf(error)}`, "io", error);
    }
    return new FileLock(key, stand);
  }

  /** Releases the lock; to be called after the image was closed, which releases the operating system's lock. */
  release(): void {
    leave(this.#key);
    this.#file?.close();
  }
}

async function tryLock(file: Lockable, exclusive: boolean): Promise<boolean> {
  if (file.tryLock !== undefined) return await file.tryLock(exclusive);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), lockPatience));
  try {
    return await Promise.race([file.lock(exclusive).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What tells two files apart, whatever paths lead to them. */
async function identify(file: Deno.FsFile, path: string): Promise<string> {
  const { dev, ino } = await file.stat();
  return ino === null || ino === 0 ? await Deno.realPath(path) : `${dev}:${ino}`;
}

function leave(key: string): void {
  const count = users.get(key) ?? 0;
  if (count > 1) users.set(key, count - 1);
  else users.delete(key);
}
