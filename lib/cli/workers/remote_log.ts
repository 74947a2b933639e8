/**
 * The log of a worker: its lines go to the main thread, which writes them like its own.
 *
 * @module
 */

import { BaseHandler } from "@std/log/base-handler";
import type { LevelName } from "@std/log/levels";
import { Logger, type LogRecord } from "@std/log/logger";
import type { Report, Severity } from "./messages.ts";

/** A logger whose events are handed to `post`. */
export function remoteLog(level: Severity, post: (report: Report) => void): Logger {
  const name = level.toUpperCase() as LevelName;
  return new Logger("lunbox", name, { handlers: [new PostHandler(name, post)] });
}

/** Logs what a worker reports. */
export function logReport(log: Logger, { severity, message, args }: Extract<Report, { kind: "log" }>): void {
  log[severity](message, ...args);
}

class PostHandler extends BaseHandler {
  readonly #post: (report: Report) => void;

  constructor(level: LevelName, post: (report: Report) => void) {
    super(level);
    this.#post = post;
  }

  override handle(record: LogRecord): void {
    if (record.level < this.level) return;
    const severity = record.levelName.toLowerCase() as Severity;
    this.#post({ kind: "log", severity, message: record.msg, args: record.args });
  }

  override log(): void {
    // Records leave as they are, in `handle`.
  }
}
