/**
 * Makes image files without serving them.
 *
 * @module
 */

import { reasonOf, StoreOpenError } from "./errors.ts";
import { FileStore } from "./file_store.ts";

/** How {@link createImage} makes an image. */
export interface CreateOptions {
  /** Replaces a file that is there already; what is in it is lost. */
  readonly overwrite?: boolean;
  /** Bytes, a power of two from 1 to 65536, of which the size has to be a multiple; 512 by default. */
  readonly blockSize?: number;
  /** Writes zeros everywhere, so that the disk cannot be full later. */
  readonly preallocate?: boolean;
  /** Called while zeros are written, with the bytes that are done. */
  readonly progress?: (done: number) => void;
}

const pieceLength = 1 << 20;

/**
 * Makes an image of `size` bytes, all zeros; sparse unless `preallocate`. Throws a {@link StoreOpenError}, or what a
 * failed write throws; what was begun is removed then.
 */
export async function createImage(path: string, size: number, options: CreateOptions = {}): Promise<void> {
  const { overwrite = false, blockSize = 512, preallocate = false } = options;
  if (await exists(path)) {
    if (!overwrite) {
      throw new StoreOpenError(
        `Cannot create ${path}: it exists already; take another name, or overwrite it`,
        "exists",
      );
    }
    await empty(path);
  }
  const store = await FileStore.open(path, { size, blockSize });
  try {
    if (preallocate) await fill(store, options.progress);
    await store.close();
  } catch (error) {
    await store[Symbol.asyncDispose]().catch(() => {});
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new StoreOpenError(`Cannot create ${path}: ${reasonOf(error)}`, "io", error);
  }
}

/** Takes the contents of an image away, unless somebody is serving it. */
async function empty(path: string): Promise<void> {
  const info = await Deno.stat(path);
  if (!info.isFile) throw new StoreOpenError(`Cannot overwrite ${path}: it is no file`, "kind");
  if (info.size === 0) return;
  // A block size of one byte opens whatever size is there; opening it says whether somebody serves it.
  const old = await FileStore.open(path, { blockSize: 1 });
  try {
    await Deno.truncate(path, 0);
  } finally {
    // It closes all the same, and only finds fault with what we have made of the file.
    await old.close().catch(() => {});
  }
}

async function fill(store: FileStore, progress: ((done: number) => void) | undefined): Promise<void> {
  const zeros = new Uint8Array(pieceLength);
  for (let done = 0; done < store.size;) {
    const length = Math.min(pieceLength, store.size - done);
    await store.write(zeros.subarray(0, length), done);
    done += length;
    progress?.(done);
  }
}
