import { filename, mode, reopen } from "./_file_state.ts";
import { FileHandler, type FileHandlerOptions } from "./file_handler.ts";
import type { LevelName } from "./levels.ts";

/** What a {@linkcode RotatingFileHandler} can be told. */
interface RotatingFileHandlerOptions extends FileHandlerOptions {
  /** The size in bytes, at least 1, that the file does not exceed. */
  maxBytes: number;
  /** How many older files are kept, at least 1. */
  maxBackupCount: number;
}

/**
 * Writes lines to a file, and begins a new one before it grows too large: `log` becomes `log.1`, `log.1` becomes
 * `log.2` and so on, and the oldest is dropped. Mode `w` removes older files at the start, mode `x` refuses them.
 */
export class RotatingFileHandler extends FileHandler {
  readonly #maxBytes: number;
  readonly #maxBackupCount: number;
  #size = 0;

  /**
   * @param levelName The level below which records are dropped
   * @param options The file, its size, and the number of older ones
   */
  constructor(levelName: LevelName, options: RotatingFileHandlerOptions) {
    super(levelName, options);
    this.#maxBytes = options.maxBytes;
    this.#maxBackupCount = options.maxBackupCount;
  }

  /**
   * Opens the file.
   *
   * @throws {Error} when a limit is below 1
   * @throws {Deno.errors.AlreadyExists} in mode `x` when the file or an older one exists
   */
  override setup(): void {
    this.#checkLimit("maxBytes", this.#maxBytes);
    this.#checkLimit("maxBackupCount", this.#maxBackupCount);
    super.setup();
    if (this[mode] === "a") {
      this.#size = Deno.statSync(this[filename]).size;
      return;
    }
    this.#size = 0;
    for (let i = 1; i <= this.#maxBackupCount; i++) {
      if (!exists(this.#backup(i))) continue;
      if (this[mode] === "x") {
        this.destroy();
        throw new Deno.errors.AlreadyExists(
          `Backup log file ${this.#backup(i)} already exists`,
        );
      }
      Deno.removeSync(this.#backup(i));
    }
  }

  /** Adds a line, to a new file when this one would grow too large. */
  override log(msg: string): void {
    const length = new TextEncoder().encode(msg).length + 1;
    if (this.#size + length > this.#maxBytes) {
      this.rotateLogFiles();
      this.#size = 0;
    }
    super.log(msg);
    this.#size += length;
  }

  /** Makes the file the first of the older ones, and begins a new one. */
  rotateLogFiles(): void {
    this.flush();
    for (let i = this.#maxBackupCount; i > 0; i--) {
      const newer = i === 1 ? this[filename] : this.#backup(i - 1);
      if (exists(newer)) Deno.renameSync(newer, this.#backup(i));
    }
    this[reopen]();
  }

  #backup(number: number): string {
    return `${this[filename]}.${number}`;
  }

  #checkLimit(name: string, value: number): void {
    if (value >= 1) return;
    this.destroy();
    throw new Error(`"${name}" must be >= 1: received ${value}`);
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
