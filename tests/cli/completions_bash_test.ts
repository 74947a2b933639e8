import { assertStringIncludes } from "@std/assert";
import { bashCompletions } from "../../lib/cli/completions_bash.ts";
import { model } from "../support/completion_model.ts";

for (
  const [what, line] of [
    ["offers commands and program options", `_lunbox_words "fly --version"`],
    ["offers the options of a command", `fly:-*) _lunbox_words "--up --map --wind"`],
    ["offers files", `fly:--map) _lunbox_files`],
    ["offers choices", `fly:--wind) _lunbox_words "calm gale"`],
    ["offers operands", `fly:*) _lunbox_words "north south"`],
  ] as const
) {
  Deno.test(`bashCompletions() ${what}`, () => assertStringIncludes(bashCompletions(model), line));
}
