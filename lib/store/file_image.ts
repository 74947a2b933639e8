/**
 * Image files: finds or creates one, checks it, locks it. All that can be wrong with it is said here, with the way out.
 *
 * @module
 */

import { reasonOf, StoreOpenError } from "./errors.ts";
import { FileLock } from "./file_lock.ts";
import { syncDirectory } from "./file_system.ts";
import { formatSize } from "./size.ts";

/** How an image is opened. */
export interface ImageOptions {
  readonly readOnly: boolean;
  readonly blockSize: number;
  /** Bytes that the image has to have; one that is missing or empty gets them. */
  readonly size?: number | undefined;
  /** Bytes that an image that is missing or empty gets; others stay as they are. */
  readonly sizeIfMissing?: number | undefined;
}

/** An image that was opened and locked. */
export interface Image {
  readonly file: Deno.FsFile;
  readonly lock: FileLock;
  readonly info: Deno.FileInfo;
  /** Bytes. */
  readonly size: number;
  /** The file has holes. */
  readonly sparse: boolean;
  readonly blockDevice: boolean;
  /** Opens the image once more; throws when the path leads elsewhere by now. */
  reopen(): Promise<Deno.FsFile>;
}

/** Opens an image, and creates it when that is asked for. Throws a {@link StoreOpenError}. */
export async function openImage(path: string, options: ImageOptions): Promise<Image> {
  const { readOnly, blockSize } = options;
  if (blockSize < 1 || blockSize > 65536 || !Number.isInteger(Math.log2(blockSize))) {
    throw new StoreOpenError(`Cannot open ${path}: a block size of ${blockSize} is no power of two to 65536`, "spec");
  }
  const wanted = options.size ?? options.sizeIfMissing;
  if (wanted !== undefined) checkBlocks(wanted, `Cannot create ${path}`, blockSize);
  const created = await find(path, options) === undefined;
  const file = await open(path, { read: true, write: !readOnly, createNew: created });
  try {
    const lock = await FileLock.take(file, { path, exclusive: !readOnly });
    try {
      return await inspect(path, { file, lock, options, created });
    } catch (error) {
      if (created) await Deno.remove(path).catch(() => {});
      lock.release();
      throw error;
    }
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Looks at what is there before it is opened: opening a pipe may never end. */
async function find(path: string, options: ImageOptions): Promise<Deno.FileInfo | undefined> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw openError(path, error);
    if (options.size === undefined && options.sizeIfMissing === undefined) {
      const way = "give it a size and it is created, as in size=10G";
      throw new StoreOpenError(`Cannot open ${path}: there is no such file; ${way}`, "missing", error);
    }
    if (options.readOnly) {
      throw new StoreOpenError(
        `Cannot open ${path}: there is no such file, and none is created to be only read`,
        "missing",
        error,
      );
    }
    return undefined;
  }
  if (info.isDirectory) throw new StoreOpenError(`Cannot open ${path}: it is a directory, not an image`, "kind");
  if (!info.isFile && info.isBlockDevice !== true) {
    throw new StoreOpenError(`Cannot open ${path}: it is neither a file nor a block device`, "kind");
  }
  return info;
}

async function inspect(
  path: string,
  found: { file: Deno.FsFile; lock: FileLock; options: ImageOptions; created: boolean },
): Promise<Image> {
  const { file, lock, options, created } = found;
  let info = await file.stat();
  const blockDevice = info.isBlockDevice === true;
  const wanted = options.size ?? options.sizeIfMissing;
  if (!blockDevice && info.size === 0 && !options.readOnly && wanted !== undefined) {
    await give(file, path, wanted);
    if (created) await syncDirectory(path);
    info = await file.stat();
  }
  const size = blockDevice ? await file.seek(0, Deno.SeekMode.End) : info.size;
  checkSize(path, size, options);
  return {
    file,
    lock,
    info,
    size,
    sparse: !blockDevice && (info.blocks === null || info.blocks * 512 < size),
    blockDevice,
    reopen: () => reopen(path, info, options.readOnly),
  };
}

function checkSize(path: string, size: number, options: ImageOptions): void {
  if (size === 0) {
    throw new StoreOpenError(`Cannot open ${path}: it is empty; give it a size, as in size=10G`, "size");
  }
  checkBlocks(size, `Cannot open ${path}`, options.blockSize);
  if (options.size === undefined || options.size === size) return;
  const has = `it has ${size} bytes (${formatSize(size)}), not ${options.size} (${formatSize(options.size)})`;
  const way = options.size > size
    ? `leave the size away, or lengthen it: truncate -s ${options.size} ${path}`
    : "leave the size away, or take another file";
  throw new StoreOpenError(`Cannot open ${path}: ${has}; ${way}`, "size");
}

function checkBlocks(size: number, what: string, blockSize: number): void {
  if (size % blockSize === 0) return;
  const next = Math.ceil(size / blockSize) * blockSize;
  const state = `${size} bytes is no multiple of the block size ${blockSize}, ${next} would be`;
  throw new StoreOpenError(`${what}: ${state}`, "size");
}

/** Makes an empty file `size` bytes long, all of it a hole. */
async function give(file: Deno.FsFile, path: string, size: number): Promise<void> {
  try {
    await file.truncate(size);
    await file.sync();
  } catch (error) {
    await file.truncate(0).catch(() => {});
    throw new StoreOpenError(`Cannot create ${path} with ${size} bytes: ${reasonOf(error)}`, "io", error);
  }
}

async function reopen(path: string, first: Deno.FileInfo, readOnly: boolean): Promise<Deno.FsFile> {
  const file = await open(path, { read: true, write: !readOnly });
  try {
    const info = await file.stat();
    if (info.ino === first.ino && info.dev === first.dev) return file;
  } catch (error) {
    file.close();
    throw openError(path, error);
  }
  file.close();
  throw new StoreOpenError(`Cannot open ${path} once more: it is another file by now`, "kind");
}

async function open(path: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, options);
  } catch (error) {
    throw openError(path, error, options);
  }
}

function openError(path: string, error: unknown, options: Deno.OpenOptions = {}): StoreOpenError {
  const verb = options.createNew === true ? "create" : "open";
  if (error instanceof Deno.errors.NotFound && options.createNew === true) {
    return new StoreOpenError(`Cannot create ${path}: there is no such directory`, "missing", error);
  }
  if (error instanceof Deno.errors.AlreadyExists) {
    return new StoreOpenError(`Cannot create ${path}: somebody else has just created it`, "exists", error);
  }
  const denied = error instanceof Deno.errors.PermissionDenied || (error as { code?: unknown }).code === "EROFS";
  if (denied && options.write === true && options.createNew !== true) {
    const message = `Cannot open ${path} for writing: permission denied; it may still be served read-only`;
    return new StoreOpenError(message, "permission", error);
  }
  if (error instanceof Deno.errors.NotCapable && /\ball access\b/.test(error.message)) {
    const state = "the runtime opens devices only for programs that have all permissions";
    const way = "run it by deno run -A main.ts, or build it by deno task compile --devices";
    return new StoreOpenError(`Cannot open ${path}: ${state}; ${way}`, "permission", error);
  }
  const reason = denied || error instanceof Deno.errors.NotCapable ? "permission" : "io";
  // The runtime appends what was called, which says nothing to people.
  const words = reasonOf(error).replace(/: (open|stat) '.*'$/, "");
  return new StoreOpenError(`Cannot ${verb} ${path}: ${words}`, reason, error);
}
