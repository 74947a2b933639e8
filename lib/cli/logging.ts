/**
 * The program's log: one event a line on standard error, as text for people or JSON for machines.
 *
 * An event is a message and fields: `log.info("session opened", { initiator, address })`.
 *
 * @module
 */

import { BaseHandler } from "@std/log/base-handler";
import { Logger, type LogRecord } from "@std/log/logger";
import type { LevelName } from "@std/log/levels";
import type { Output } from "./host.ts";
import { printable, type Styles, styles } from "./output.ts";

/** What is logged, and how. */
export interface LogOptions {
  /** The least severe level that is written. */
  readonly level: "debug" | "info" | "warn" | "error";
  readonly format: "text" | "json";
}

/** A logger that writes its events to an output. */
export function createLog(output: Output, options: LogOptions): Logger {
  const level = options.level.toUpperCase() as LevelName;
  const formatter = options.format === "json" ? formatJson : textFormatter(styles(output));
  return new Logger("lunbox", level, { handlers: [new OutputHandler(level, output, formatter)] });
}

/** An event as text: `2026-11-22T19:44:17.123Z INFO  session opened initiator=iqn.… address=…`. */
export function formatText(record: LogRecord, style: Styles = styles({ colors: false })): string {
  const time = style.dim(record.datetime.toISOString());
  const paint = record.level >= 40 ? style.red : record.level >= 30 ? style.yellow : style.cyan;
  const words = [time, paint(record.levelName.padEnd(5)), printable(record.msg)];
  for (const [name, value] of fieldsOf(record)) words.push(`${style.dim(`${name}=`)}${textValue(value)}`);
  return words.join(" ");
}

/** An event as one JSON object: `time`, `level`, `message`, and its fields. */
export function formatJson(record: LogRecord): string {
  const event: Record<string, unknown> = {
    time: record.datetime.toISOString(),
    level: record.levelName.toLowerCase(),
    message: record.msg,
  };
  // A field does not hide what every event has.
  for (const [name, value] of fieldsOf(record)) event[name in event ? `${name}_` : name] = value;
  return JSON.stringify(event, plain);
}

class OutputHandler extends BaseHandler {
  readonly #output: Output;

  constructor(level: LevelName, output: Output, formatter: (record: LogRecord) => string) {
    super(level, { formatter });
    this.#output = output;
  }

  override log(line: string): void {
    this.#output.write(`${line}\n`);
  }
}

function textFormatter(style: Styles): (record: LogRecord) => string {
  return (record) => formatText(record, style);
}

function fieldsOf(record: LogRecord): [name: string, value: unknown][] {
  return record.args.flatMap((arg) => {
    if (arg instanceof Error) return [["error", arg] as [string, unknown]];
    if (typeof arg !== "object" || arg === null) return [["value", arg] as [string, unknown]];
    return Object.entries(arg).filter(([, value]) => value !== undefined);
  });
}

function textValue(value: unknown): string {
  const simple = plain("", value);
  const text = typeof simple === "string" ? simple : JSON.stringify(simple, plain);
  return /^[^\s"=]+$/.test(text) ? printable(text) : printable(JSON.stringify(text));
}

// What JSON cannot say by itself.
function plain(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return value.message;
  return value;
}
