/**
 * From the command line to a command, and from whatever it throws to a message and an exit code.
 *
 * @module
 */

import { spellings } from "./args.ts";
import { commandNamed, programOptions } from "./commands.ts";
import { exitCode, messageOf, UsageError } from "./errors.ts";
import { help, programHelp, requireCommand } from "./help.ts";
import type { Host } from "./host.ts";
import { printable, styles } from "./output.ts";
import { didYouMean } from "./suggest.ts";
import { version } from "./version.ts";

/** Runs a command with the arguments behind its name; gives an exit code. */
export type Run = (host: Host, args: readonly string[]) => Promise<number>;

/** Loads the modules behind the rows of `commands`, by name. */
export type Runs = Readonly<Record<string, () => Promise<Run>>>;

/** Runs the program; gives its exit code. Never throws. */
export async function run(host: Host, runs: Runs): Promise<number> {
  const [first, ...rest] = host.args;
  try {
    if (first === undefined) {
      host.stdout.write(programHelp(host.stdout));
      return exitCode.ok;
    }
    if (first === "help" || first === "--help" || first === "-h") return explain(host, rest);
    if (first === "--version" || first === "-V") {
      host.stdout.write(`lunbox ${version}\n`);
      return exitCode.ok;
    }
    if (first.startsWith("-")) throw unknownOption(first);
    const command = requireCommand(first);
    if (asksForHelp(rest)) return explain(host, [command.name]);
    const load = runs[command.name];
    if (load === undefined) throw new TypeError(`Cannot run ${command.name}: no module belongs to it`);
    return await (await load())(host, rest);
  } catch (error) {
    return report(host, error);
  }
}

function explain(host: Host, args: readonly string[]): number {
  help(host, args.find((arg) => !arg.startsWith("-")));
  return exitCode.ok;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

function unknownOption(arg: string): UsageError {
  const hint = didYouMean(arg, spellings(programOptions)) ||
    "; the command comes first, as in lunbox serve --image PATH";
  return new UsageError(`Cannot read ${JSON.stringify(arg)}: there is no such option${hint}`);
}

function report(host: Host, error: unknown): number {
  const { red, dim } = styles(host.stderr);
  const message = messageOf(error);
  host.stderr.write(`${red("error:")} ${printable(message)}\n`);
  if (error instanceof UsageError) {
    const name = host.args[0];
    const width = Math.max(...error.ways.map(([line]) => line.length));
    for (const [line, what] of error.ways) host.stderr.write(`  ${line.padEnd(width)}  ${dim(`# ${what}`)}\n`);
    const known = name !== undefined && name !== "help" && commandNamed(name) !== undefined;
    const about = known ? `lunbox help ${name}` : "lunbox help";
    host.stderr.write(dim(`${about} explains the options`) + "\n");
    return exitCode.usage;
  }
  // Whatever we throw ourselves says "Cannot …" and what to do; anything else is a defect, and its origin is wanted.
  if (!message.startsWith("Cannot ") && error instanceof Error && error.stack) host.stderr.write(`${error.stack}\n`);
  return exitCode.failure;
}
