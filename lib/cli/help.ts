/**
 * Help, written from the tables.
 *
 * @module
 */

import type { OptionRow } from "./args.ts";
import { commandNamed, type CommandRow, commands, programOptions } from "./commands.ts";
import { UsageError } from "./errors.ts";
import type { Host, Output } from "./host.ts";
import { styles, wrap } from "./output.ts";
import { didYouMean } from "./suggest.ts";
import { version } from "./version.ts";

type Term = readonly [term: string, description: string];

/**
 * `lunbox help [COMMAND]`: prints the help of the program or of a command.
 *
 * @throws {UsageError} when there is no such command
 */
export function help(host: Host, name?: string): void {
  if (name === undefined) return host.stdout.write(programHelp(host.stdout));
  host.stdout.write(commandHelp(requireCommand(name), host.stdout));
}

/**
 * The command of a name.
 *
 * @throws {UsageError} when there is none
 */
export function requireCommand(name: string): CommandRow {
  const command = commandNamed(name);
  if (command !== undefined) return command;
  const names = commands.map((one) => one.name);
  const option = programOptions.some((one) => one.name === name) ? `; did you mean --${name}?` : "";
  const hint = option || didYouMean(name, names) || `; there are ${names.join(", ")}`;
  throw new UsageError(`Cannot run ${JSON.stringify(name)}: there is no such command${hint}`);
}

/** The screen that explains the program. */
export function programHelp(output: Pick<Output, "colors" | "columns">): string {
  const { bold } = styles(output);
  return [
    `${bold("Lunbox")} ${version}: disks over the network, an iSCSI target in one program.`,
    "",
    `${bold("Usage:")} lunbox COMMAND [OPTION...]`,
    "",
    bold("Commands"),
    ...terms(commands.map((command) => [command.name, command.summary] as const), output.columns),
    "",
    bold("Options"),
    ...terms(programOptions.map(optionTerm), output.columns),
    "",
    bold("Begin with"),
    "  lunbox serve --image disk.img --size 1G",
    "",
    "It prints the commands with which Linux, Windows and QEMU attach the disk.",
    "lunbox help COMMAND explains a command.",
    "",
  ].join("\n");
}

/** The help of a command. */
export function commandHelp(command: CommandRow, output: Pick<Output, "colors" | "columns">): string {
  const { bold, dim } = styles(output);
  const lines = [`${command.summary}.`, "", `${bold("Usage:")} lunbox ${command.usage}`];
  for (const [group, rows] of Map.groupBy(command.options, (row) => row.group)) {
    lines.push("", bold(group), ...terms(rows.map(optionTerm), output.columns));
  }
  if (command.imageOptions !== undefined) {
    lines.push("", bold("After an image's path, each behind a comma (a comma in the path is written twice)"));
    const rows = command.imageOptions.map((row): Term => [
      row.value === undefined ? row.name : `${row.name}=${row.value}`,
      row.description,
    ]);
    lines.push(...terms(rows, output.columns));
  }
  if (command.examples.length > 0) lines.push("", bold("Examples"));
  for (const [what, line] of command.examples) lines.push(`  ${dim(`# ${what}`)}`, `  ${line}`);
  return lines.join("\n") + "\n";
}

/** How an option is written, and everything that is said about it. */
export function optionTerm(row: OptionRow): Term {
  const name = `${row.short === undefined ? "    " : `-${row.short}, `}--${row.name}`;
  return [row.value === undefined ? name : `${name} ${row.value}`, optionDescription(row)];
}

/** The description of an option with its choices, default, variable and whether it repeats. */
export function optionDescription(row: OptionRow): string {
  const facts = [
    row.choices === undefined ? "" : row.choices.join(", "),
    row.default === undefined ? "" : `default ${row.default}`,
    row.repeatable ? "repeatable" : "",
    row.env === undefined ? "" : `or ${row.env}`,
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? row.description : `${row.description} [${facts.join("; ")}]`;
}

// Descriptions stand beside their terms; a term that is too long for its column gets a line of its own.
function terms(rows: readonly Term[], columns: number): string[] {
  const width = Math.min(30, Math.max(...rows.map(([term]) => term.length)));
  const indent = " ".repeat(width + 4);
  return rows.flatMap(([term, description]) => {
    const [first = "", ...more] = wrap(description, Math.max(24, Math.min(columns, 120) - width - 4));
    const rest = more.map((line) => indent + line);
    if (term.length > width) return [`  ${term}`, indent + first, ...rest];
    return [`  ${term.padEnd(width)}  ${first}`, ...rest];
  });
}
