import type { LogRecord } from "./logger.ts";

/**
 * A record as one line of JSON: `level`, `datetime` (milliseconds since 1970), `message`, and `args` if there are any;
 * a single one is not put into an array.
 *
 * @param logRecord The record
 * @returns the line
 */
export function jsonFormatter(logRecord: LogRecord): string {
  const { args } = logRecord;
  return JSON.stringify({
    level: logRecord.levelName,
    datetime: logRecord.datetime.getTime(),
    message: logRecord.msg,
    args: args.length === 0 ? undefined : args.length === 1 ? args[0] : args,
  });
}

/** All formatters. */
export const formatters: {
  /** Records as lines of JSON */
  readonly jsonFormatter: typeof jsonFormatter;
} = { jsonFormatter };
