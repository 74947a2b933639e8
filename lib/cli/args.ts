/**
 * Options as tables: from the rows of a command come its parsing, its `--help` and its part of the README.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";
import { didYouMean } from "./suggest.ts";

/** An option of a command. */
export interface OptionRow {
  /** Without the dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for the value in help, for example `SIZE`; absent for a flag. */
  readonly value?: string;
  /** One sentence without full stop. */
  readonly description: string;
  /** The value when the option is not given. */
  readonly default?: string;
  /** The values allowed. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeatable?: true;
  /** The environment variable that gives the value when the option does not. */
  readonly env?: string;
  /** The heading under which help shows it. */
  readonly group: string;
}

/** What an operand is called, and whether there must be one. */
export interface OperandRow {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** The values allowed. */
  readonly choices?: readonly string[];
}

/** The value of an option by its row. */
export type OptionValue<R extends OptionRow> = R extends { value: string }
  ? R extends { repeatable: true } ? readonly string[] : R extends { default: string } ? string : string | undefined
  : boolean;

/** The values of a table's options by name. */
export type OptionValues<T extends readonly OptionRow[]> = {
  readonly [R in T[number] as R["name"]]: OptionValue<R>;
};

/** A command line, taken apart. */
export interface Parsed<T extends readonly OptionRow[]> {
  readonly values: OptionValues<T>;
  readonly operands: readonly string[];
}

/** What is parsed against. */
export interface ParseOptions<T extends readonly OptionRow[]> {
  readonly options: T;
  /** At most as many operands are taken as there are rows. */
  readonly operands?: readonly OperandRow[];
  /** Reads an environment variable. */
  env?(name: string): string | undefined;
}

/**
 * Takes a command line apart.
 *
 * @throws {UsageError} at an unknown option, a missing or disallowed value, an option given too often, a missing or
 * superfluous operand
 */
export function parse<const T extends readonly OptionRow[]>(
  args: readonly string[],
  against: ParseOptions<T>,
): Parsed<T> {
  const rows: readonly OptionRow[] = against.options;
  refuseOddValues(args, rows);
  const raw = read(args, rows);
  const values: Record<string, unknown> = {};
  for (const row of rows) values[row.name] = valueOf(row, raw, (name) => against.env?.(name));
  const operands = raw._ as string[];
  checkOperands(operands, against.operands ?? []);
  return { values: values as OptionValues<T>, operands };
}

/** All spellings of a table's options, for suggestions. */
export function spellings(rows: readonly OptionRow[]): readonly string[] {
  return rows.map((row) => `--${row.name}`);
}

type Raw = Record<string, unknown>;

function read(args: readonly string[], rows: readonly OptionRow[]): Raw {
  const valued = rows.filter((row) => row.value !== undefined).map((row) => row.name);
  const alias: Record<string, string> = {};
  for (const row of rows) if (row.short !== undefined) alias[row.short] = row.name;
  return parseArgs([...args], {
    string: [...valued, "_"],
    boolean: rows.filter((row) => row.value === undefined).map((row) => row.name),
    collect: valued,
    alias,
    unknown: (arg: string, key?: string) => {
      if (key === undefined && !/^-./.test(arg)) return true;
      const typed = arg.split("=", 1)[0] ?? arg;
      throw new UsageError(`Cannot read ${quoted(arg)}: there is no such option${didYouMean(typed, spellings(rows))}`);
    },
  }) as Raw;
}

function valueOf(row: OptionRow, raw: Raw, env: (name: string) => string | undefined): unknown {
  if (row.value === undefined) return raw[row.name] === true || (row.env !== undefined && isYes(env(row.env)));
  const given = strings(raw[row.name]);
  if (given.includes("")) throw missingValue(row, row.value);
  const source = given.length > 0 ? `--${row.name}` : row.env;
  if (given.length === 0 && row.env !== undefined) given.push(...strings(env(row.env) || undefined));
  for (const value of given) checkChoice(row, source ?? row.name, value);
  if (row.repeatable) return given;
  if (given.length > 1) {
    throw new UsageError(`Cannot use --${row.name}: it is given ${given.length} times, and takes one value`);
  }
  return given[0] ?? row.default;
}

function checkChoice(row: OptionRow, source: string, value: string): void {
  if (row.choices === undefined || row.choices.includes(value)) return;
  const hint = didYouMean(value, row.choices);
  throw new UsageError(`Cannot use ${source} ${quoted(value)}: it is one of ${row.choices.join(", ")}${hint}`);
}

// parseArgs takes `--json=maybe` for true, and `--size=` for an option of that name.
function refuseOddValues(args: readonly string[], rows: readonly OptionRow[]): void {
  const end = args.indexOf("--");
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    const row = rows.find((one) => one.name === name);
    if (row === undefined) continue;
    if (row.value === undefined) throw new UsageError(`Cannot read ${quoted(arg)}: --${row.name} takes no value`);
    if (value === "") throw missingValue(row, row.value);
  }
}

function missingValue(row: OptionRow, value: string): UsageError {
  return new UsageError(`Cannot use --${row.name}: its value is missing, write --${row.name} ${value}`);
}

function checkOperands(operands: readonly string[], rows: readonly OperandRow[]): void {
  for (const [i, operand] of operands.entries()) {
    const choices = rows[i]?.choices;
    if (choices === undefined || choices.includes(operand)) continue;
    const hint = didYouMean(operand, choices);
    throw new UsageError(`Cannot use ${quoted(operand)}: ${rows[i]?.name} is one of ${choices.join(", ")}${hint}`);
  }
  const missing = rows[operands.length];
  if (missing?.required) throw new UsageError(`Cannot start: ${missing.name} is missing, ${missing.description}`);
  const surplus = operands[rows.length];
  if (surplus === undefined) return;
  const hint = surplus.includes(" ") ? "" : "; if it belongs to an option, write --option VALUE";
  throw new UsageError(`Cannot read ${quoted(surplus)}: nothing is expected there${hint}`);
}

function strings(value: unknown): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && ["1", "true", "yes", "on"].includes(value.toLowerCase());
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
