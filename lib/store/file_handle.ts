/**
 * An open file with positional reads and writes, which the runtime does not have: seek and transfer in one breath.
 *
 * Data path: `readNow` and `writeNow` allocate nothing.
 *
 * @module
 */

import { MediumError, storeError, type StoreOperation } from "./errors.ts";

/**
 * A file that one operation at a time uses: either only `readNow` and `writeNow`, or one awaited `read` or `write` after
 * the other. Whatever fails becomes a {@link StoreError}.
 */
export class FileHandle {
  readonly #file: Deno.FsFile;
  readonly #name: string;
  /** Where the operating system's file position is; -1 when that is not known. */
  #position = -1;

  /** `name` is for messages. */
  constructor(file: Deno.FsFile, name: string) {
    this.#file = file;
    this.#name = name;
  }

  /** Fills `into` from byte `at` on, and keeps the thread until it is done. */
  readNow(into: Uint8Array, at: number): void {
    let done = 0;
    try {
      this.#seek(at);
      done = this.#file.readSync(into) ?? 0;
      while (done < into.length) {
        const more = this.#file.readSync(into.subarray(done));
        if (more === null || more === 0) throw this.#ended("read", at + done);
        done += more;
      }
    } catch (error) {
      throw storeError(error, { operation: "read", name: this.#name, at: at + done });
    }
    this.#position = at + done;
  }

  /** Writes `from` at byte `at`, and keeps the thread until it is done. */
  writeNow(from: Uint8Array, at: number): void {
    let done = 0;
    try {
      this.#seek(at);
      done = this.#file.writeSync(from);
      while (done < from.length) {
        const more = this.#file.writeSync(from.subarray(done));
        if (more === 0) throw this.#ended("write", at + done);
        done += more;
      }
    } catch (error) {
      throw storeError(error, { operation: "write", name: this.#name, at: at + done });
    }
    this.#position = at + done;
  }

  /** Fills `into` from byte `at` on, away from the thread. */
  async read(into: Uint8Array, at: number): Promise<void> {
    let done = 0;
    try {
      this.#seek(at);
      done = await this.#file.read(into) ?? 0;
      while (done < into.length) {
        const more = await this.#file.read(into.subarray(done));
        if (more === null || more === 0) throw this.#ended("read", at + done);
        done += more;
      }
    } catch (error) {
      throw storeError(error, { operation: "read", name: this.#name, at: at + done });
    }
    this.#position = at + done;
  }

  /** Writes `from` at byte `at`, away from the thread. */
  async write(from: Uint8Array, at: number): Promise<void> {
    let done = 0;
    try {
      this.#seek(at);
      done = await this.#file.write(from);
      while (done < from.length) {
        const more = await this.#file.write(from.subarray(done));
        if (more === 0) throw this.#ended("write", at + done);
        done += more;
      }
    } catch (error) {
      throw storeError(error, { operation: "write", name: this.#name, at: at + done });
    }
    this.#position = at + done;
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #seek(at: number): void {
    if (this.#position !== at) this.#file.seekSync(at, Deno.SeekMode.Start);
    this.#position = -1;
  }

  #ended(operation: StoreOperation, at: number): MediumError {
    return new MediumError(`Cannot ${operation} ${this.#name} at byte ${at}: the file ends there`, { at, operation });
  }
}
