/**
 * `lunbox completions`: a script with which a shell completes the program's command lines.
 *
 * @module
 */

import { parse } from "./args.ts";
import { commandNamed, commands, programOptions } from "./commands.ts";
import { bashCompletions } from "./completions_bash.ts";
import { fishCompletions } from "./completions_fish.ts";
import { powershellCompletions } from "./completions_powershell.ts";
import { zshCompletions } from "./completions_zsh.ts";
import { type CompletionModel, completionModel } from "./completion_model.ts";
import { exitCode } from "./errors.ts";
import type { Host } from "./host.ts";
import { helpOption } from "./small_options.ts";

/** The writers of scripts by shell. */
const writers: Readonly<Record<string, (model: CompletionModel) => string>> = {
  bash: bashCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
  zsh: zshCompletions,
};

/**
 * Runs `lunbox completions`; gives its exit code.
 *
 * @throws {UsageError} when there is no such shell
 */
export function completions(host: Host, args: readonly string[]): Promise<number> {
  const operands = commandNamed("completions")?.operands ?? [];
  const parsed = parse(args, { options: [helpOption], operands, env: host.env });
  host.stdout.write(completionScript(parsed.operands[0] ?? ""));
  return Promise.resolve(exitCode.ok);
}

/** The script for a shell; empty for one that is not known. */
export function completionScript(shell: string): string {
  return writers[shell]?.(completionModel(commands, programOptions)) ?? "";
}
