/**
 * What shells can complete, from the tables of commands and options.
 *
 * @module
 */

import type { OptionRow } from "./args.ts";
import type { CommandRow } from "./commands.ts";

/** What may stand for a value: names of files, some words, or what only the user knows. */
export type Candidates = "files" | "unknown" | readonly string[];

/** An option that can be completed. */
export interface CompletedOption {
  /** Without the dashes. */
  readonly long: string;
  /** One letter. */
  readonly short?: string;
  readonly description: string;
  /** What stands for the value in help; absent for a flag. */
  readonly value?: string;
  readonly candidates: Candidates;
  readonly repeatable: boolean;
  /** Words that may follow the value behind a comma, with `=` at their end when they take a value themselves. */
  readonly suffixes: readonly string[];
}

/** A command that can be completed. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its operand may be; absent when it takes none. */
  readonly operand?: Candidates;
}

/** Everything that can be completed. */
export interface CompletionModel {
  readonly commands: readonly CompletedCommand[];
  /** Options in front of any command. */
  readonly options: readonly CompletedOption[];
}

/** Works out what can be completed. */
export function completionModel(
  commands: readonly CommandRow[],
  programOptions: readonly OptionRow[],
): CompletionModel {
  const names = commands.map(({ name }) => name);
  return {
    commands: commands.map((command) => {
      const [operand] = command.operands;
      const words = (command.imageOptions ?? []).map((row) => row.value === undefined ? row.name : `${row.name}=`);
      return {
        name: command.name,
        summary: command.summary,
        options: command.options.map((row) => completed(row, words)),
        ...(operand === undefined ? {} : {
          operand: operand.choices ?? (operand.name === "COMMAND" ? names : candidatesOf(operand.name)),
        }),
      };
    }),
    options: programOptions.map((row) => completed(row, [])),
  };
}

function completed(row: OptionRow, imageWords: readonly string[]): CompletedOption {
  const { name, short, value, description, choices, repeatable } = row;
  return {
    long: name,
    ...(short === undefined ? {} : { short }),
    description,
    ...(value === undefined ? {} : { value }),
    candidates: choices ?? candidatesOf(value ?? ""),
    repeatable: repeatable ?? false,
    suffixes: value?.includes(",OPTION") ? imageWords : [],
  };
}

function candidatesOf(value: string): Candidates {
  return /^(PATH|FILE)\b/.test(value) ? "files" : "unknown";
}
