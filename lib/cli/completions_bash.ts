/**
 * Completions for bash 3.2 and later.
 *
 * @module
 */

import type { Candidates, CompletedCommand, CompletedOption, CompletionModel } from "./completion_model.ts";

/** The script. */
export function bashCompletions(model: CompletionModel): string {
  const words = [...model.commands.map(({ name }) => name), ...model.options.map(({ long }) => `--${long}`)];
  return `# Completes lunbox in bash. For this session: source <(lunbox completions bash)
# For all: lunbox completions bash > ~/.local/share/bash-completion/completions/lunbox
_lunbox_words() {
  local line
  while IFS= read -r line; do COMPREPLY[\${#COMPREPLY[@]}]=$line; done < <(compgen -W "$1" -- "$cur")
}
_lunbox_files() {
  local line
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY[\${#COMPREPLY[@]}]=$line; done < <(compgen -f -- "$cur")
}
_lunbox_suffixes() {
  local line base=\${cur%,*}
  compopt -o nospace 2>/dev/null
  while IFS= read -r line; do
    COMPREPLY[\${#COMPREPLY[@]}]=$base,$line
  done < <(compgen -W "$1" -- "\${cur##*,}")
}
_lunbox() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= i
  COMPREPLY=()
  # "--option=value" comes as three words.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  if [[ -z $command ]]; then
    _lunbox_words "${words.join(" ")}"
    return
  fi
  case $command:$prev in
${model.commands.flatMap(values).join("\n")}
  esac
  case $command:$cur in
${model.commands.map(flags).join("\n")}
${model.commands.flatMap(operand).join("\n")}
  esac
}
complete -F _lunbox lunbox
`;
}

/** What follows each option that takes a value. */
function values({ name, options }: CompletedCommand): string[] {
  return options.filter(({ value }) => value !== undefined).map((option) => {
    const spelled = [`--${option.long}`, ...option.short === undefined ? [] : [`-${option.short}`]];
    return `    ${spelled.map((one) => `${name}:${one}`).join(" | ")}) ${valueOf(option)}; return ;;`;
  });
}

function valueOf({ candidates, suffixes }: CompletedOption): string {
  const plain = action(candidates);
  if (suffixes.length === 0) return plain;
  return `if [[ $cur == *,* ]]; then _lunbox_suffixes "${suffixes.join(" ")}"; else ${plain}; fi`;
}

function flags({ name, options }: CompletedCommand): string {
  return `    ${name}:-*) _lunbox_words "${options.map(({ long }) => `--${long}`).join(" ")}" ;;`;
}

function operand({ name, operand }: CompletedCommand): string[] {
  return operand === undefined ? [] : [`    ${name}:*) ${action(operand)} ;;`];
}

function action(candidates: Candidates): string {
  if (candidates === "files") return "_lunbox_files";
  return candidates === "unknown" ? ":" : `_lunbox_words "${candidates.join(" ")}"`;
}
