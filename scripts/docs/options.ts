/**
 * `options [COMMAND]`: the options of a command of the program, or of all of them, from the tables of `lib/cli`.
 *
 * @module
 */

import type { OptionRow } from "../../lib/cli/args.ts";
import { type CommandRow, commands } from "../../lib/cli/commands.ts";
import { optionDescription } from "../../lib/cli/help.ts";
import { code, table } from "./table.ts";

/** Tables of options; with a command's name those of this command only. */
export function options(name?: string): string {
  if (name === undefined) {
    return commands.map((command) => `**${code(`lunbox ${command.usage}`)}**\n\n${ofCommand(command)}`).join("\n\n");
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw new Error(`Cannot document lunbox ${name}: there is no such command`);
  return ofCommand(command);
}

function ofCommand({ summary, options, imageOptions }: CommandRow): string {
  const parts = [
    `${summary}.`,
    table(["Option", "Meaning"], options.map((row) => [term(row), optionDescription(row)])),
  ];
  if (imageOptions !== undefined) {
    const rows = imageOptions.map((row) => [
      code(row.value === undefined ? row.name : `${row.name}=${row.value}`),
      row.description,
    ]);
    parts.push("After an image's path, each behind a comma:", table(["Image option", "Meaning"], rows));
  }
  return parts.join("\n\n");
}

function term({ name, short, value }: OptionRow): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? code(long) : `${code(`-${short}`)}, ${code(long)}`;
}
