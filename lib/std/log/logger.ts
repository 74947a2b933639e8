import type { BaseHandler } from "./base_handler.ts";
import { getLevelByName, getLevelName, type LevelName, type LogLevel, LogLevels } from "./levels.ts";

/** Any function. */
// deno-lint-ignore no-explicit-any -- the published type
export type GenericFunction = (...args: any[]) => any;

/** The configuration of one logger. */
export class LoggerConfig {
  /** Records below it are dropped (default: INFO). */
  level?: LevelName;
  /** The names of its handlers. */
  handlers?: string[];
}

/** The configuration of all loggers, for `setup()`. */
export interface LogConfig {
  /** The handlers by the names that loggers use. */
  handlers?: {
    [name: string]: BaseHandler;
  };
  /** The loggers by name; `default` is the one that the functions of this package use. */
  loggers?: {
    [name: string]: LoggerConfig;
  };
}

/** What a {@linkcode LogRecord} is made of. */
export interface LogRecordOptions {
  /** The message */
  msg: string;
  /** What the message speaks of */
  args: unknown[];
  /** How grave it is */
  level: LogLevel;
  /** The logger that it was given to */
  loggerName: string;
}

/** A message on its way to the handlers. */
export class LogRecord {
  /** The message. */
  readonly msg: string;
  /** How grave it is. */
  readonly level: number;
  /** The name of `level`. */
  readonly levelName: string;
  /** The logger that it was given to. */
  readonly loggerName: string;
  readonly #args: readonly unknown[];
  readonly #datetime: number;

  /** @param options What it is made of; its time is now */
  constructor(options: LogRecordOptions) {
    this.msg = options.msg;
    this.level = options.level;
    this.levelName = getLevelName(options.level);
    this.loggerName = options.loggerName;
    this.#args = [...options.args];
    this.#datetime = Date.now();
  }

  /** What the message speaks of, as a copy. */
  get args(): unknown[] {
    return [...this.#args];
  }

  /** When it was made, as a copy. */
  get datetime(): Date {
    return new Date(this.#datetime);
  }
}

/** What a {@linkcode Logger} is made of besides name and level. */
export interface LoggerOptions {
  /** Where its records go (default: nowhere). */
  handlers?: BaseHandler[];
}

type Message<T> = (T extends GenericFunction ? never : T) | (() => T);

/** Takes messages, drops those below its level, and hands the others to its handlers. */
export class Logger {
  /** Where records go. */
  handlers: BaseHandler[];
  readonly #loggerName: string;
  #level: LogLevel;

  /**
   * @param loggerName Its name
   * @param levelName The level below which records are dropped
   * @param options Its handlers
   */
  constructor(
    loggerName: string,
    levelName: LevelName,
    options: LoggerOptions = {},
  ) {
    this.#loggerName = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }

  /** The number of the level below which records are dropped. */
  get level(): LogLevel {
    return this.#level;
  }

  /**
   * Sets the number of the level below which records are dropped.
   *
   * @throws {TypeError} when there is no such level
   */
  set level(level: LogLevel) {
    try {
      this.#level = getLevelByName(getLevelName(level));
    } catch (cause) {
      throw new TypeError(`Invalid log level: ${level}`, { cause });
    }
  }

  /** The name of the level below which records are dropped. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  /** Sets the name of the level below which records are dropped. */
  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Its name. */
  get loggerName(): string {
    return this.#loggerName;
  }

  /**
   * A message as text: errors by their stack, objects by their properties.
   *
   * @param data The message
   * @param isProperty Whether it is a property of another; texts are then quoted
   * @returns the text
   */
  asString(data: unknown, isProperty = false): string {
    if (typeof data === "string") return isProperty ? `"${data}"` : data;
    if (typeof data === "function") return "undefined";
    if (data instanceof Error) return data.stack ?? String(data);
    if (typeof data !== "object" || data === null) return String(data);
    return `{${Object.entries(data).map(([key, value]) => `"${key}":${this.asString(value, true)}`).join(",")}}`;
  }

  /** Logs the result of `msg`, which is called only when the level is logged, and returns it. */
  debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs `msg` at level DEBUG and returns it. */
  debug<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  debug<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.DEBUG, msg, args);
  }

  /** Logs the result of `msg`, which is called only when the level is logged, and returns it. */
  info<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs `msg` at level INFO and returns it. */
  info<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  info<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.INFO, msg, args);
  }

  /** Logs the result of `msg`, which is called only when the level is logged, and returns it. */
  warn<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs `msg` at level WARN and returns it. */
  warn<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  warn<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.WARN, msg, args);
  }

  /** Logs the result of `msg`, which is called only when the level is logged, and returns it. */
  error<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs `msg` at level ERROR and returns it. */
  error<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  error<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.ERROR, msg, args);
  }

  /** Logs the result of `msg`, which is called only when the level is logged, and returns it. */
  critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs `msg` at level CRITICAL and returns it. */
  critical<T>(
    msg: T extends GenericFunction ? never : T,
    ...args: unknown[]
  ): T;
  critical<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.CRITICAL, msg, args);
  }

  #log<T>(level: LogLevel, msg: Message<T>, args: unknown[]): T | undefined {
    if (level < this.#level) return msg instanceof Function ? undefined : msg;
    const value = msg instanceof Function ? msg() : msg;
    const record = new LogRecord({
      msg: this.asString(value),
      args,
      level,
      loggerName: this.#loggerName,
    });
    for (const handler of this.handlers) handler.handle(record);
    return value;
  }
}
