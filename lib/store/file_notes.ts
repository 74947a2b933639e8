/**
 * What has to be remembered of an image from one start to the next, in a small file beside it.
 *
 * @module
 */

import { reasonOf, StoreError, StoreOpenError } from "./errors.ts";
import { FileJournal } from "./file_journal.ts";
import { parentOf, permitted } from "./file_system.ts";

/** A value that JSON can hold. */
export type NoteValue = null | boolean | number | string | readonly NoteValue[] | {
  readonly [name: string]: NoteValue;
};

/** How {@link FileNotes.open} goes about it. */
export interface NotesOptions {
  /** Makes no notes where there are none, as for images that are read-only. */
  readonly existing?: boolean;
}

type Fields = Record<string, NoteValue>;

const version = 1;

/**
 * The notes of an image: `disk.img.lunbox`, a JSON object with a `version`, an `id` and any other fields, which are kept
 * whoever wrote them. After changes there may be several objects in the file; the last one counts.
 */
export class FileNotes {
  /** The path of the notes. */
  readonly path: string;
  /** A random identity of 32 hexadecimal digits, made with the notes, from which names of the disk are derived. */
  readonly id: string;
  readonly #fields: Fields;
  readonly #journal: FileJournal;
  #saving: Promise<void> = Promise.resolve();

  private constructor(journal: FileJournal, fields: Fields & { id: string }) {
    this.path = journal.path;
    this.id = fields.id;
    this.#journal = journal;
    this.#fields = fields;
  }

  /**
   * Reads the notes of the image at `image`, or makes some. `undefined` when there are none and none can be made: no
   * permission, no space, a device. Throws a {@link StoreOpenError} when there are some that cannot be understood:
   * making new ones would change the disk's identity.
   */
  static async open(image: string, options: NotesOptions = {}): Promise<FileNotes | undefined> {
    const path = `${image}.lunbox`;
    if (!permitted("read", path) || !await isFile(image)) return undefined;
    const journal = new FileJournal(path);
    const found = await read(journal);
    if (found !== undefined) return new FileNotes(journal, found);
    if (options.existing === true) return undefined;
    const notes = new FileNotes(journal, { version, id: randomId() });
    try {
      await notes.#save();
    } catch {
      return undefined;
    }
    return notes;
  }

  /** The value of a field; `undefined` when there is none. */
  read(field: string): NoteValue | undefined {
    return this.#fields[field];
  }

  /** Sets a field, or removes it with `undefined`; done when that is on stable storage. Throws a {@link StoreError}. */
  async write(field: string, value: NoteValue | undefined): Promise<void> {
    if (field === "version" || field === "id") {
      throw new TypeError(`Cannot write ${field} to ${this.path}: it is fixed`);
    }
    const before = this.#fields[field];
    this.#put(field, value);
    try {
      await this.#save();
    } catch (error) {
      // What was refused must not come back with the next write of another field.
      if (this.#fields[field] === value) this.#put(field, before);
      throw error;
    }
  }

  #put(field: string, value: NoteValue | undefined): void {
    if (value === undefined) delete this.#fields[field];
    else this.#fields[field] = value;
  }

  /** Opens the file for all writes to come, so that they need no permission any more; `false` when it cannot be. */
  keepOpen(): Promise<boolean> {
    return this.#journal.keepOpen();
  }

  /** Closes what {@link keepOpen} opened, once what is being written is. */
  async close(): Promise<void> {
    await this.#saving;
    this.#journal.close();
  }

  /** One save after the other, each with all that was set before it began. */
  #save(): Promise<void> {
    const saved = this.#saving.then(() => save(this.#journal, this.#fields));
    this.#saving = saved.catch(() => {});
    return saved;
  }
}

async function save(journal: FileJournal, fields: Fields): Promise<void> {
  const { path } = journal;
  try {
    await journal.write(fields);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      const way = `no permission, run with --allow-write=${parentOf(path)}`;
      throw new StoreError(`Cannot write ${path}: ${way}`, "read-only", error);
    }
    throw new StoreError(`Cannot write ${path}: ${reasonOf(error)}`, "io", error);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

async function read(journal: FileJournal): Promise<Fields & { id: string } | undefined> {
  const { path } = journal;
  try {
    const found = await journal.read();
    return found === undefined ? undefined : checked(path, found.value);
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    if (error instanceof SyntaxError) throw notesError(path, "it is no JSON", error);
    throw new StoreOpenError(`Cannot read ${path}: ${reasonOf(error)}`, "io", error);
  }
}

function checked(path: string, found: unknown): Fields & { id: string } {
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw notesError(path, "it is no object");
  const fields = found as Fields;
  const { id } = fields;
  if (fields.version !== version) throw notesError(path, `its version is ${fields.version}, not ${version}`);
  if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) {
    throw notesError(path, "its id is not 32 hexadecimal digits");
  }
  return { ...fields, id };
}

function notesError(path: string, state: string, cause?: unknown): StoreOpenError {
  const way = "repair it, or remove it to give the disk a new identity";
  return new StoreOpenError(`Cannot read ${path}: ${state}; ${way}`, "spec", cause);
}

function randomId(): string {
  let id = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += byte.toString(16).padStart(2, "0");
  return id;
}
