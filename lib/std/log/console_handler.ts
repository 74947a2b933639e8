import { BaseHandler, type BaseHandlerOptions } from "./base_handler.ts";
import { type LevelName, LogLevels } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** What a {@linkcode ConsoleHandler} can be told. */
export interface ConsoleHandlerOptions extends BaseHandlerOptions {
  /** Whether levels are told apart by colours (default: true, unless NO_COLOR is set). */
  useColors?: boolean;
}

/** Writes lines to the console. */
export class ConsoleHandler extends BaseHandler {
  readonly #useColors: boolean;

  /**
   * @param levelName The level below which records are dropped
   * @param options How lines look
   */
  constructor(levelName: LevelName, options: ConsoleHandlerOptions = {}) {
    super(levelName, options);
    this.#useColors = options.useColors ?? true;
  }

  /** The line of a record, in the colours of its level. */
  override format(logRecord: LogRecord): string {
    const line = super.format(logRecord);
    return this.#useColors ? this.applyColors(line, logRecord.level) : line;
  }

  /** `msg` in the colours of `level`; as it is where NO_COLOR is set. */
  applyColors(msg: string, level: number): string {
    if (globalThis.Deno?.noColor ?? true) return msg;
    switch (level) {
      case LogLevels.INFO:
        return `\x1b[34m${msg}\x1b[39m`;
      case LogLevels.WARN:
        return `\x1b[33m${msg}\x1b[39m`;
      case LogLevels.ERROR:
        return `\x1b[31m${msg}\x1b[39m`;
      case LogLevels.CRITICAL:
        return `\x1b[1m\x1b[31m${msg}\x1b[39m\x1b[22m`;
      default:
        return msg;
    }
  }

  /** Writes a line with `console.log`. */
  override log(msg: string): void {
    // deno-lint-ignore no-console -- the console is where this handler writes
    console.log(msg);
  }
}
