/**
 * Completions for fish.
 *
 * @module
 */

import type { CompletedCommand, CompletedOption, CompletionModel } from "./completion_model.ts";

/** The script. */
export function fishCompletions(model: CompletionModel): string {
  return `# Completes lunbox in fish. For this session: lunbox completions fish | source
# For all: lunbox completions fish > ~/.config/fish/completions/lunbox.fish
complete -c lunbox -f
${model.options.map((option) => line("__fish_use_subcommand", option)).join("\n")}
${model.commands.map(name).join("\n")}
${model.commands.flatMap(ofCommand).join("\n")}
`;
}

function name({ name, summary }: CompletedCommand): string {
  return `complete -c lunbox -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`;
}

function ofCommand({ name, options, operand }: CompletedCommand): string[] {
  const when = `__fish_seen_subcommand_from ${name}`;
  const lines = options.map((option) => line(when, option));
  // The name of a command may be an operand as well: after "help" comes another.
  const first = `${when}; and test (count (commandline -opc)) -eq 2`;
  if (operand === "files") lines.push(`complete -c lunbox -n ${quoted(when)} -F`);
  else if (operand !== undefined && operand !== "unknown") {
    lines.push(`complete -c lunbox -n ${quoted(first)} -a ${quoted(operand.join(" "))}`);
  }
  return lines;
}

function line(when: string, { long, short, value, description, candidates }: CompletedOption): string {
  const words = ["complete -c lunbox -n", quoted(when), ...short === undefined ? [] : [`-s ${short}`], `-l ${long}`];
  if (value !== undefined) {
    if (candidates === "files") words.push("-r -F");
    else words.push(candidates === "unknown" ? "-x" : `-x -a ${quoted(candidates.join(" "))}`);
  }
  return [...words, "-d", quoted(description)].join(" ");
}

function quoted(words: string): string {
  return `'${words.replace(/[\\']/g, "\\$&")}'`;
}
