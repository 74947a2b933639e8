import { filename, mode, openOptions, reopen } from "./_file_state.ts";
import { BaseHandler, type BaseHandlerOptions } from "./base_handler.ts";
import { type LevelName, LogLevels } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** What happens to a file that is there already: append to it, write it anew, or refuse it. */
export type LogMode = "a" | "w" | "x";

/** What a {@linkcode FileHandler} can be told. */
export interface FileHandlerOptions extends BaseHandlerOptions {
  /** The path of the file. */
  filename: string;
  /** What happens to a file that is there already (default: append). */
  mode?: LogMode;
  /** Bytes kept in memory before they are written (default: 4096). */
  bufferSize?: number;
}

/**
 * Writes lines to a file. They are kept in memory until the buffer is full, a record graver than ERROR comes, `flush()`
 * is called, or the process ends.
 */
export class FileHandler extends BaseHandler {
  /** @ignore */
  readonly [filename]: string;
  /** @ignore */
  readonly [mode]: LogMode;
  readonly #buffer: Uint8Array;
  readonly #encoder = new TextEncoder();
  readonly #onUnload = (): void => this.destroy();
  #used = 0;
  #file: Deno.FsFile | undefined;

  /**
   * @param levelName The level below which records are dropped
   * @param options The file
   */
  constructor(levelName: LevelName, options: FileHandlerOptions) {
    super(levelName, options);
    this[filename] = options.filename;
    this[mode] = options.mode ?? "a";
    this.#buffer = new Uint8Array(options.bufferSize ?? 4096);
  }

  /** Opens the file. */
  override setup(): void {
    this[reopen]();
    this.#used = 0;
    addEventListener("unload", this.#onUnload);
  }

  /** Formats and writes a record, at once when it is graver than ERROR. */
  override handle(logRecord: LogRecord): void {
    super.handle(logRecord);
    if (logRecord.level > LogLevels.ERROR) this.flush();
  }

  /** Adds a line. */
  override log(msg: string): void {
    const line = this.#encoder.encode(`${msg}\n`);
    if (line.length > this.#buffer.length - this.#used) this.flush();
    if (line.length > this.#buffer.length) {
      this.#write(line);
    } else {
      this.#buffer.set(line, this.#used);
      this.#used += line.length;
    }
  }

  /** Writes what is still in memory. */
  flush(): void {
    if (this.#file === undefined || this.#used === 0) return;
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  /** Writes what is still in memory and closes the file. */
  override destroy(): void {
    this.flush();
    this.#file?.close();
    this.#file = undefined;
    removeEventListener("unload", this.#onUnload);
  }

  /** @ignore */
  [reopen](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#file = Deno.openSync(this[filename], openOptions(this[mode]));
  }

  #write(bytes: Uint8Array): void {
    let written = 0;
    while (this.#file !== undefined && written < bytes.length) {
      written += this.#file.writeSync(bytes.subarray(written));
    }
  }
}
