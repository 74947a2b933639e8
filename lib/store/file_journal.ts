/**
 * A small JSON file that is never without whole contents: each new document is written behind the old one, and the last
 * whole one counts. That takes one handle and no other name, so a process that may open nothing any more can still write.
 *
 * @module
 */

import { permitted, syncDirectory } from "./file_system.ts";

/** Bytes from which on the newest document is moved to the beginning and the rest is cut off. */
const tidyAt = 1 << 16;

const brace = "{".charCodeAt(0);
const newline = "\n".charCodeAt(0);

/** What {@link lastDocument} found. Offsets are bytes. */
export interface FoundDocument {
  readonly value: unknown;
  /** Where the next document belongs: behind this one. */
  readonly end: number;
  /** It is all that there is. */
  readonly alone: boolean;
}

/**
 * The last whole JSON document of a file: of those that begin with a brace at the beginning of a line. `undefined` when
 * none is whole.
 */
export function lastDocument(bytes: Uint8Array): FoundDocument | undefined {
  const whole = parsed(bytes);
  if (whole !== undefined) return { ...whole, end: bytes.length, alone: true };
  for (let end = bytes.length, at = end - 1; at >= 0; at--) {
    if (bytes[at] !== brace || (at > 0 && bytes[at - 1] !== newline)) continue;
    const found = parsed(bytes.subarray(at, end));
    if (found !== undefined) return { ...found, end, alone: false };
    end = at;
  }
  return undefined;
}

/** A file of JSON documents. One call at a time. */
export class FileJournal {
  readonly path: string;
  #kept: Deno.FsFile | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** The last whole document; `undefined` when there is no file. Throws what reading throws, and at a file without any. */
  async read(): Promise<FoundDocument | undefined> {
    let bytes: Uint8Array;
    try {
      bytes = await Deno.readFile(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    const found = lastDocument(bytes);
    if (found === undefined) throw new SyntaxError(`Cannot read ${this.path}: it is no JSON`);
    return found;
  }

  /** Writes a document; done when it is on stable storage. At any time it or the one before is there. */
  async write(value: unknown): Promise<void> {
    if (this.#kept !== undefined) return await append(this.#kept, value);
    try {
      using file = await Deno.open(this.path, { read: true, write: true });
      await append(file, value);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await create(this.path, value);
    }
  }

  /** Opens the file for all writes to come, so that they need no permission; `false` when that cannot be done. */
  async keepOpen(): Promise<boolean> {
    if (this.#kept !== undefined) return true;
    if (!permitted("write", this.path)) return false;
    try {
      this.#kept = await Deno.open(this.path, { read: true, write: true });
    } catch {
      return false;
    }
    return true;
  }

  /** Closes what {@link keepOpen} opened. */
  close(): void {
    this.#kept?.close();
    this.#kept = undefined;
  }
}

/** Makes the file under another name first: one that is not whole would be nobody's. */
async function create(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  {
    using file = await Deno.open(temporary, { read: true, write: true, create: true, truncate: true });
    await append(file, value);
  }
  await Deno.rename(temporary, path);
  await syncDirectory(path);
}

async function append(file: Deno.FsFile, value: unknown): Promise<void> {
  const old = await readAll(file);
  // What an interrupted write left behind the last whole document is written over.
  const found = lastDocument(old);
  const end = found?.end ?? 0;
  const text = JSON.stringify(value, undefined, 2) + "\n";
  const gap = end > 0 && old[end - 1] !== newline ? "\n" : "";
  const document = new TextEncoder().encode(gap + text);
  await writeAll(file, document, end);
  await file.truncate(end + document.length);
  await file.sync();
  if (end < tidyAt || document.length >= end) return;
  // The copy behind stays whole, and on a line of its own, until the one in front is.
  await writeAll(file, new TextEncoder().encode(text), 0);
  await file.sync();
  await file.truncate(document.length - gap.length);
  await file.sync();
}

async function readAll(file: Deno.FsFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.seek(0, Deno.SeekMode.End));
  await file.seek(0, Deno.SeekMode.Start);
  let done = 0;
  while (done < bytes.length) {
    const count = await file.read(bytes.subarray(done));
    if (count === null) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array, at: number): Promise<void> {
  await file.seek(at, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

function parsed(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}
