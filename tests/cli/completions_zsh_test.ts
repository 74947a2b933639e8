import { assertStringIncludes } from "@std/assert";
import { zshCompletions } from "../../lib/cli/completions_zsh.ts";
import { model } from "../support/completion_model.ts";

for (
  const [what, line] of [
    ["quotes", `'fly:Fly like a bird'\\''s kite'`],
    ["escapes what would end a description", `{-u,--up}'[It'\\''s \\[very\\] high\\: up]'`],
    ["repeats", `'*--map[Map]:FILE:_files'`],
    ["offers choices", `'--wind[Wind]:W:(calm gale)'`],
    ["offers operands", `'1:operand:(north south)'`],
  ] as const
) {
  Deno.test(`zshCompletions() ${what}`, () => assertStringIncludes(zshCompletions(model), line));
}
