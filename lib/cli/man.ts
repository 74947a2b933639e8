/**
 * `lunbox man`: the manual page, from the tables of commands and options.
 *
 * @module
 */

import { type OptionRow, parse } from "./args.ts";
import { type CommandRow, commands, programOptions } from "./commands.ts";
import { exitCode, exitCodeMeanings } from "./errors.ts";
import { optionDescription } from "./help.ts";
import type { Host } from "./host.ts";
import { helpOption } from "./small_options.ts";
import { version } from "./version.ts";

/**
 * Runs `lunbox man`; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense
 */
export function man(host: Host, args: readonly string[]): Promise<number> {
  parse(args, { options: [helpOption] });
  host.stdout.write(manPage());
  return Promise.resolve(exitCode.ok);
}

/** The manual page, in the man(7) macros of roff. */
export function manPage(): string {
  return [
    `.TH LUNBOX 1 "" "Lunbox ${roff(version)}" "User Commands"\n.nh\n.ad l\n`,
    section("Name", ["lunbox \\- disks over the network, an iSCSI target in one program"]),
    section(
      "Synopsis",
      commands.flatMap(({ usage }, i) => [...i === 0 ? [] : [".br"], `\\fBlunbox\\fR ${roff(usage)}`]),
    ),
    section("Description", [
      "Lunbox serves disk images as the logical units of an iSCSI target, which Linux, Windows, QEMU and other",
      "initiators attach as if they were disks of their own. It runs as an ordinary user.",
    ]),
    section("Options", programOptions.flatMap(option)),
    section("Commands", commands.flatMap(command)),
    section("Exit status", exitCodeMeanings.flatMap(([code, meaning]) => [".TP", String(code), `${roff(meaning)}.`])),
    section("Environment", environment().flatMap(([name, text]) => [".TP", `.B ${name}`, `${roff(text)}.`])),
    section("Files", [
      ".TP",
      ".IB image .lunbox",
      "The identity of a disk and what it has to remember, kept beside its image. Move it along with the image.",
    ]),
    section("Security", [
      "iSCSI does not encrypt. Unless it is told otherwise Lunbox listens on the loopback interface only. Once its",
      "images are open the server gives up every permission to open files, addresses or programs.",
    ]),
  ].join("");
}

function section(name: string, lines: readonly string[]): string {
  return `.SH ${name.toUpperCase()}\n${lines.join("\n")}\n`;
}

function command(row: CommandRow): string[] {
  const lines = [`.SS lunbox ${roff(row.usage)}`, `${roff(row.summary)}.`, ...row.options.flatMap(option)];
  if (row.imageOptions !== undefined) {
    lines.push(".P", "After the path of an image, each behind a comma (a comma in the path is written twice):");
    for (const { name, value, description } of row.imageOptions) {
      lines.push(
        ".TP",
        value === undefined ? `.B ${name}` : `\\fB${name}=\\fR\\fI${roff(value)}\\fR`,
        `${roff(description)}.`,
      );
    }
  }
  if (row.examples.length > 0) lines.push(".P", "Examples:");
  for (const [what, line] of row.examples) lines.push(".TP", `.B ${roff(line)}`, `${roff(capital(what))}.`);
  return lines;
}

function option(row: OptionRow): string[] {
  const short = row.short === undefined ? "" : `\\fB\\-${row.short}\\fR, `;
  const value = row.value === undefined ? "" : ` \\fI${roff(row.value)}\\fR`;
  return [".TP", `${short}\\fB${roff(`--${row.name}`)}\\fR${value}`, `${roff(optionDescription(row))}.`];
}

function environment(): (readonly [name: string, description: string])[] {
  const rows = new Map<string, string>();
  for (const { options } of commands) {
    for (const { env, name } of options) if (env !== undefined) rows.set(env, `The same as --${name}, which wins`);
  }
  return [...rows, ["NO_COLOR", "Text without colours, when it is set to anything"]];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text that roff prints as it is. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
