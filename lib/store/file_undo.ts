/**
 * Writes that are done as a whole or not at all, even when the power fails in the middle: what they replace is kept in a
 * file beside the image until they are on stable storage.
 *
 * @module
 */

import { crc32c } from "../bytes/crc32c.ts";
import { bytes, layout, u32, u64 } from "../bytes/layout.ts";
import { reasonOf, StoreOpenError } from "./errors.ts";
import { permitted, syncDirectory } from "./file_system.ts";

/** Bytes that can be written as a whole. */
export const longestAtomicWrite = 1 << 20;

/** The first bytes of an undo file; what was replaced follows. */
const header = layout("our own", 48, {
  magic: bytes(0, 8),
  /** The size of the image, and its number in the file system: that it is the same image. */
  size: u64(8),
  inode: u64(16),
  at: u64(24),
  length: u32(32),
  /** CRC32C of the header, with this field zero, and of what follows. */
  check: u32(36),
});

const magic = new TextEncoder().encode("LUNBOXU1");

/** The image that is written to. */
export interface UndoTarget {
  readonly path: string;
  readonly size: number;
  readonly info: Deno.FileInfo;
  read(into: Uint8Array, at: number): Promise<void>;
  write(from: Uint8Array, at: number): Promise<void>;
  /** Done when everything that was written is on stable storage. */
  sync(): Promise<void>;
}

/** Writes as a whole or not at all, one after the other. */
export class FileUndo {
  readonly #path: string;
  readonly #target: UndoTarget;
  #file: Deno.FsFile | undefined;
  #last: Promise<void> = Promise.resolve();
  /** A write that failed, whose record could not be done away with. */
  #unfinished: Unfinished | undefined;

  private constructor(path: string, target: UndoTarget) {
    this.#path = path;
    this.#target = target;
  }

  /** `undefined` when there is no place for the undo file: on a device, or without permission. */
  static of(target: UndoTarget): FileUndo | undefined {
    const path = pathOf(target.path);
    const possible = target.info.isFile && permitted("read", path) && permitted("write", path);
    return possible ? new FileUndo(path, target) : undefined;
  }

  /** Opens the undo file now, so that it needs no permission later. */
  async open(): Promise<Deno.FsFile> {
    if (this.#file !== undefined) return this.#file;
    this.#file = await Deno.open(this.#path, { read: true, write: true, create: true });
    await syncDirectory(this.#path);
    return this.#file;
  }

  /** Writes all of `from` at byte `at`, or nothing. Up to {@link longestAtomicWrite} bytes. */
  write(from: Uint8Array, at: number): Promise<void> {
    return this.#next(() => this.#write(from, at));
  }

  /**
   * Whether some of these bytes are to be undone still: what is written there now would be gone at the next start, unless
   * {@link finish} comes first.
   */
  holds(at: number, length: number): boolean {
    const unfinished = this.#unfinished;
    return unfinished !== undefined && at < unfinished.at + unfinished.old.length && unfinished.at < at + length;
  }

  /** Undoes what could not be undone when it failed; rejects when that fails again. */
  finish(): Promise<void> {
    return this.#next(async () => await this.#undo(await this.open()));
  }

  /** Closes the undo file and removes it: there is nothing to undo. */
  async close(): Promise<void> {
    await this.#last;
    if (this.#file === undefined) return;
    const end = await this.#file.seek(0, Deno.SeekMode.End);
    this.#file.close();
    this.#file = undefined;
    // What could not be undone now will be at the next start.
    if (end === 0 && permitted("write", this.#path)) await Deno.remove(this.#path).catch(() => {});
  }

  #next(act: () => Promise<void>): Promise<void> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  async #write(from: Uint8Array, at: number): Promise<void> {
    const target = this.#target;
    const file = await this.open();
    await this.#undo(file);
    const old = new Uint8Array(from.length);
    await target.read(old, at);
    let touched = false;
    try {
      await keep(file, recordOf(target, old, at));
      touched = true;
      await target.write(from, at);
      await target.sync();
      await forget(file);
    } catch (error) {
      this.#unfinished = { old, at, touched };
      // When this fails as well the record stays, and the next start will undo the write, unless `finish` has.
      await this.#undo(file);
      throw error;
    }
  }

  async #undo(file: Deno.FsFile): Promise<void> {
    if (this.#unfinished === undefined) return;
    const { old, at, touched } = this.#unfinished;
    if (touched) {
      await this.#target.write(old, at);
      await this.#target.sync();
    }
    await forget(file);
    this.#unfinished = undefined;
  }
}

/** What is left of a write that failed. */
interface Unfinished {
  /** The bytes that were there before. */
  readonly old: Uint8Array;
  readonly at: number;
  /** Some of the new bytes may have come to the image. */
  readonly touched: boolean;
}

/** Undoes what was interrupted. Throws a {@link StoreOpenError} when it cannot: the image is then half old, half new. */
export async function undoInterrupted(target: UndoTarget, readOnly: boolean): Promise<void> {
  const path = pathOf(target.path);
  if (!target.info.isFile || !permitted("read", path)) return;
  let record: Uint8Array;
  try {
    record = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new StoreOpenError(`Cannot open ${target.path}: ${path} cannot be read, ${reasonOf(error)}`, "io", error);
  }
  const found = readRecord(target, record);
  if (found === undefined) return;
  if (readOnly) {
    const state = "a write to it was interrupted; serve it once so that it can be written, and that is undone";
    throw new StoreOpenError(`Cannot open ${target.path} for reading only: ${state}`, "permission");
  }
  try {
    await target.write(found.old, found.at);
    await target.sync();
    await Deno.remove(path);
  } catch (error) {
    const state = `a write to it was interrupted, and ${reasonOf(error)} when that was to be undone`;
    throw new StoreOpenError(`Cannot open ${target.path}: ${state}`, "io", error);
  }
}

function pathOf(image: string): string {
  return `${image}.lunbox-undo`;
}

function recordOf({ size, info }: UndoTarget, old: Uint8Array, at: number): Uint8Array {
  const record = new Uint8Array(header.size + old.length);
  header.encode({ magic, size, inode: info.ino ?? 0, at, length: old.length }, record);
  record.set(old, header.size);
  header.check.set(record, crc32c(record));
  return record;
}

/** What a record says; `undefined` when it is not whole (then nothing had been written yet), or of another image. */
function readRecord({ size, info }: UndoTarget, record: Uint8Array): { old: Uint8Array; at: number } | undefined {
  if (record.length < header.size) return undefined;
  const values = header.decode(record);
  const end = header.size + values.length;
  if (values.magic.some((byte, i) => byte !== magic[i]) || record.length < end) return undefined;
  const whole = record.slice(0, end);
  header.check.set(whole, 0);
  if (crc32c(whole) !== values.check) return undefined;
  if (values.size !== size || values.inode !== (info.ino ?? 0) || values.at + values.length > size) return undefined;
  return { old: whole.subarray(header.size), at: values.at };
}

async function keep(file: Deno.FsFile, record: Uint8Array): Promise<void> {
  await file.seek(0, Deno.SeekMode.Start);
  for (let done = 0; done < record.length;) done += await file.write(record.subarray(done));
  await file.syncData();
}

async function forget(file: Deno.FsFile): Promise<void> {
  await file.truncate(0);
  await file.syncData();
}
