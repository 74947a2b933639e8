/**
 * Blocks in a file or on a block device.
 *
 * Data path: what the operating system has cached is read and written on the event loop, without a promise; what it has
 * not, and what is large, goes to the lanes. Where the system says what it has, it decides, else the policy beside.
 *
 * @module
 */

import { MediumError, ReadOnlyError, StoreClosedError, storeError } from "./errors.ts";
import { FileFlush } from "./file_flush.ts";
import { FileHandle } from "./file_handle.ts";
import { type Image, openImage } from "./file_image.ts";
import { FileLanes } from "./file_lanes.ts";
import { openHoles } from "./file_holes.ts";
import { type FilePlatform, SystemError } from "./file_platform.ts";
import { FilePolicy, type FilePolicyOptions, policyOf } from "./file_policy.ts";
import { FileUndo, longestAtomicWrite, undoInterrupted, type UndoTarget } from "./file_undo.ts";
import { FileReads, openReadDoors, type ReadDoorOptions, type ReadDoors } from "./file_reads.ts";
import { zeroRange, type ZeroTarget } from "./file_zero.ts";
import type { BlockStore, Extent, StoreCapabilities, StoreSpace } from "./store.ts";

/** How a {@link FileStore} is opened. */
export interface FileStoreOptions extends ReadDoorOptions {
  /** Opens the file for reading only. Any number of processes may, as long as nobody writes. */
  readonly readOnly?: boolean;
  /** Bytes; a power of two from 1 to 65536. 512 by default. */
  readonly blockSize?: number;
  /** Bytes that the file has to have; one that is missing or empty gets them, as a hole. */
  readonly size?: number;
  /** Bytes that a file that is missing or empty gets; others keep their size. */
  readonly sizeIfMissing?: number;
  /** The file is on a disk that turns. */
  readonly rotational?: boolean;
  /** Transfers that may be with the operating system at once; 8 by default. */
  readonly lanes?: number;
  /** Opens everything at once instead of when it is needed: afterwards no permission is needed any more. */
  readonly eager?: boolean;
  /** When to use the event loop, and when the lanes. */
  readonly policy?: FilePolicyOptions;
  /** What this system can do with holes; found out by default, `null` for nothing. */
  readonly platform?: FilePlatform | null;
}

/**
 * A file or a block device as a store. It is locked: nobody else can open it, here or in another process.
 *
 * @example
 * ```ts
 * import { FileStore } from "./file_store.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const store = await FileStore.open("example.img", { size: 1 << 20 });
 * await store.write(new Uint8Array(512).fill(7), 4096);
 * await store.flush();
 * const block = new Uint8Array(512);
 * await store.read(block, 4096);
 * assertEquals(block[511], 7);
 * await store.close();
 * await Deno.remove("example.img");
 * ```
 */
export class FileStore implements BlockStore, AsyncDisposable {
  readonly size: number;
  readonly blockSize: number;
  readonly capabilities: StoreCapabilities;
  /** The path that it was opened by. */
  readonly path: string;
  readonly #image: Image;
  readonly #handle: FileHandle;
  readonly #lanes: FileLanes;
  readonly #reads: FileReads;
  readonly #writes: FilePolicy;
  readonly #flush: FileFlush;
  readonly #flushFile: Deno.FsFile;
  readonly #platform: FilePlatform | undefined;
  readonly #undo: FileUndo | undefined;
  #closed = false;

  private constructor(path: string, parts: FileParts) {
    const { image, options, platform } = parts;
    this.path = path;
    this.size = image.size;
    this.blockSize = options.blockSize ?? 512;
    const readOnly = options.readOnly ?? false;
    this.#image = image;
    this.#handle = new FileHandle(image.file, path);
    this.#lanes = new FileLanes(new FileHandle(parts.laneFile, path), {
      limit: options.lanes ?? 8,
      open: () => image.reopen().then((file) => new FileHandle(file, path), () => undefined),
    });
    const policy = policyOf(options.transfers ?? "auto", options.policy);
    this.#reads = new FileReads(parts.doors, { handle: this.#handle, lanes: this.#lanes, policy });
    this.#writes = new FilePolicy(policy);
    this.#flushFile = parts.flushFile;
    this.#flush = new FileFlush(() => this.#sync());
    // Whoever had the file before may have been killed, and what it acknowledged is to be flushed by us.
    if (!readOnly) this.#flush.written();
    this.#platform = platform;
    this.#undo = readOnly ? undefined : FileUndo.of(this.#undoTarget());
    this.capabilities = {
      readOnly,
      volatileCache: !readOnly,
      unmap: !readOnly && platform !== undefined,
      extents: platform !== undefined,
      rotational: options.rotational ?? false,
      unmapGranularity: platform?.granularity ?? 0,
      atomicLength: this.#undo === undefined ? 0 : longestAtomicWrite,
      space: platform?.space !== undefined,
    };
  }

  /** Opens the file at `path`. Throws a `StoreOpenError` that says how to go on. */
  static async open(path: string, options: FileStoreOptions = {}): Promise<FileStore> {
    const { readOnly = false, blockSize = 512, size, sizeIfMissing } = options;
    const image = await openImage(path, { readOnly, blockSize, size, sizeIfMissing });
    const opened: { close(): void | Promise<void> }[] = [image.file];
    try {
      const platform = options.platform === undefined
        ? await openHoles({ path, info: image.info, readOnly })
        : options.platform ?? undefined;
      if (platform !== undefined) opened.push(platform);
      const doors = await openReadDoors({ path, info: image.info }, options);
      opened.push(doors);
      const laneFile = await image.reopen();
      opened.push(laneFile);
      const flushFile = await image.reopen();
      opened.push(flushFile);
      const store = new FileStore(path, { image, options, platform, doors, laneFile, flushFile });
      await undoInterrupted(store.#undoTarget(), readOnly);
      if (options.eager === true) await store.#openAll();
      return store;
    } catch (error) {
      for (const file of opened) await file.close();
      image.lock.release();
      throw error;
    }
  }

  read(into: Uint8Array, at: number): void | Promise<void> {
    if (this.#closed) throw this.#closedError();
    return this.#reads.read(into, at);
  }

  write(from: Uint8Array, at: number): void | Promise<void> {
    this.#checkWritable("write");
    if (this.#undo?.holds(at, from.length)) return this.#undo.finish().then(() => this.write(from, at));
    if (!this.#writes.onLoop(from.length)) return this.#writeLater(from, at);
    this.#writes.start();
    this.#handle.writeNow(from, at);
    this.#flush.written();
    this.#writes.finish(from.length);
  }

  /** Three times slower than a write that is flushed. */
  async writeAtomic(from: Uint8Array, at: number): Promise<void> {
    this.#checkWritable("write");
    if (this.#undo === undefined || from.length > longestAtomicWrite) {
      throw new TypeError(`Cannot write ${from.length} bytes of ${this.path} as a whole: that is more than it can`);
    }
    await this.#undo.write(from, at);
    this.#flush.written();
  }

  flush(): void | Promise<void> {
    if (this.#closed) throw this.#closedError();
    return this.#flush.flush();
  }

  unmap(at: number, length: number): void | Promise<void> {
    this.#checkWritable("unmap");
    if (this.#undo?.holds(at, length)) return this.#undo.finish().then(() => this.unmap(at, length));
    return this.#platform === undefined ? this.#zero(at, length) : this.#punch(this.#platform, at, length);
  }

  zero(at: number, length: number): void | Promise<void> {
    this.#checkWritable("zero");
    if (this.#undo?.holds(at, length)) return this.#undo.finish().then(() => this.zero(at, length));
    return this.#zero(at, length);
  }

  extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]> {
    if (this.#closed) throw this.#closedError();
    if (this.#platform === undefined) return [{ at, length, allocated: true }];
    return this.#extents(this.#platform, at, length);
  }

  /** What the file takes up, and what its file system has left. */
  async space(): Promise<StoreSpace | undefined> {
    if (this.#closed) throw this.#closedError();
    return await this.#platform?.space?.();
  }

  /** Waits for what runs, flushes, closes and unlocks the file. Throws what the flush throws, but closes all the same. */
  async close(): Promise<void> {
    if (this.#closed) throw this.#closedError();
    this.#closed = true;
    try {
      await this.#undo?.close();
    } finally {
      await this.#closeRest();
    }
  }

  /** Closes the store unless that was done. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) await this.close();
  }

  async #closeRest(): Promise<void> {
    await this.#reads.close();
    await this.#lanes.close();
    try {
      await this.#flush.flush();
    } finally {
      this.#platform?.close();
      this.#flushFile.close();
      this.#handle.close();
      this.#image.lock.release();
    }
  }

  async #writeLater(from: Uint8Array, at: number): Promise<void> {
    await this.#writes.watch(this.#lanes.write(from, at), from.length);
    this.#flush.written();
  }

  async #zero(at: number, length: number): Promise<void> {
    const target: ZeroTarget = this.#lanes;
    await zeroRange(target, { at, length, keepHoles: this.#image.sparse });
    this.#flush.written();
  }

  async #punch(platform: FilePlatform, at: number, length: number): Promise<void> {
    const unit = platform.aligned === true ? platform.granularity ?? 1 : 1;
    const start = Math.ceil(at / unit) * unit;
    const end = Math.floor((at + length) / unit) * unit;
    if (end <= start) return await this.#zero(at, length);
    if (start > at) await this.#zero(at, start - at);
    try {
      await platform.punch(start, end - start);
      this.#flush.written();
    } catch (error) {
      // The file system has changed its mind, or says so only now.
      if (!(error instanceof SystemError) || !error.unsupported) {
        throw storeError(error, { operation: "unmap", name: this.path, at });
      }
      await this.#zero(start, end - start);
    }
    if (end < at + length) await this.#zero(end, at + length - end);
  }

  async #extents(platform: FilePlatform, at: number, length: number): Promise<readonly Extent[]> {
    try {
      return await platform.extents(at, length);
    } catch (error) {
      throw storeError(error, { operation: "extents", name: this.path, at });
    }
  }

  #undoTarget(): UndoTarget {
    return {
      path: this.path,
      size: this.size,
      info: this.#image.info,
      read: (into, at) => this.#lanes.read(into, at),
      write: (from, at) => this.#lanes.write(from, at),
      sync: () => this.#sync(),
    };
  }

  async #openAll(): Promise<void> {
    await this.#lanes.openAll();
    await this.#undo?.open();
  }

  async #sync(): Promise<void> {
    try {
      // Not by stat, which needs the permission to read by name.
      if (!this.#image.blockDevice) this.#checkShrunk(await this.#flushFile.seek(0, Deno.SeekMode.End));
      await this.#flushFile.syncData();
    } catch (error) {
      throw storeError(error, { operation: "flush", name: this.path, at: 0 });
    }
  }

  #checkShrunk(size: number): void {
    if (size >= this.size) return;
    const message = `Cannot flush ${this.path}: somebody made it smaller, it ends at byte ${size}`;
    throw new MediumError(message, { at: size, operation: "flush" });
  }

  #checkWritable(verb: string): void {
    if (this.#closed) throw this.#closedError();
    if (this.capabilities.readOnly) throw new ReadOnlyError(`Cannot ${verb} ${this.path}: it was opened read-only`);
  }

  #closedError(): StoreClosedError {
    return new StoreClosedError(`Cannot use ${this.path}: it is closed`);
  }
}

interface FileParts {
  readonly image: Image;
  readonly options: FileStoreOptions;
  readonly platform: FilePlatform | undefined;
  readonly doors: ReadDoors;
  readonly laneFile: Deno.FsFile;
  readonly flushFile: Deno.FsFile;
}
