/**
 * Completions for zsh.
 *
 * @module
 */

import type { Candidates, CompletedCommand, CompletedOption, CompletionModel } from "./completion_model.ts";

/** The script. */
export function zshCompletions(model: CompletionModel): string {
  return `#compdef lunbox
# Completes lunbox in zsh. For this session: source <(lunbox completions zsh)
# For all: lunbox completions zsh > a file named _lunbox in a folder of $fpath
_lunbox() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${model.options.map(optionSpec).join(" ")} '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
${model.commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join("\n")}
      )
      _describe command commands
      ;;
    argument)
      case $words[1] in
${model.commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _lunbox ]]; then _lunbox "$@"; else compdef _lunbox lunbox; fi
`;
}

function commandCase({ name, options, operand }: CompletedCommand): string {
  const specs = options.map(optionSpec);
  if (operand !== undefined) specs.push(quoted(`1:operand:${action(operand)}`));
  return `        ${name})\n          _arguments \\\n            ${specs.join(" \\\n            ")}\n          ;;`;
}

function optionSpec(option: CompletedOption): string {
  const { long, short, value, description, candidates, repeatable } = option;
  const rest = `[${text(description)}]${value === undefined ? "" : `:${text(value)}:${action(candidates)}`}`;
  const repeats = repeatable ? "*" : short === undefined ? "" : `(-${short} --${long})`;
  if (short === undefined) return quoted(`${repeats}--${long}${rest}`);
  return `${repeats === "" ? "" : quoted(repeats)}{-${short},--${long}}${quoted(rest)}`;
}

function action(candidates: Candidates): string {
  if (candidates === "files") return "_files";
  return candidates === "unknown" ? " " : `(${candidates.join(" ")})`;
}

// Brackets and colons end the parts of a specification.
function text(words: string): string {
  return words.replace(/[[\]:\\]/g, "\\$&");
}

function quoted(words: string): string {
  return `'${words.replaceAll("'", `'\\''`)}'`;
}
