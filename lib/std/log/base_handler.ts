import { getLevelByName, getLevelName, type LevelName, type LogLevel } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** Makes the line of a record. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** What all handlers can be told. */
export interface BaseHandlerOptions {
  /** Makes the lines (default: level and message). */
  formatter?: FormatterFunction;
}

/** Turns records into lines and puts them somewhere: what each kind of handler has in common. */
export abstract class BaseHandler {
  /** Makes the lines. */
  formatter: FormatterFunction;
  readonly #initialLevelName: LevelName;
  #level: LogLevel;

  /**
   * @param levelName The level below which records are dropped
   * @param options How lines are made
   */
  constructor(levelName: LevelName, options?: BaseHandlerOptions) {
    this.#initialLevelName = levelName;
    this.#level = getLevelByName(this.#initialLevelName);
    this.formatter = options?.formatter ??
      (({ levelName, msg }) => `${levelName} ${msg}`);
  }

  /** The number of the level below which records are dropped. */
  get level(): LogLevel {
    return this.#level;
  }

  /** Sets the number of the level below which records are dropped. */
  set level(level: LogLevel) {
    this.#level = level;
  }

  /** The name of the level below which records are dropped. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  /** Sets the name of the level below which records are dropped. */
  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Formats and writes a record, unless its level is too low. */
  handle(logRecord: LogRecord): void {
    if (logRecord.level < this.level) return;
    this.log(this.format(logRecord));
  }

  /** The line of a record. */
  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }

  /** Writes a line. */
  abstract log(msg: string): void;

  /** Makes the handler ready, before the first record. */
  setup(): void {}

  /** Gives up what `setup()` took. */
  destroy(): void {}

  /** Calls `destroy()`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}
