import { assertStringIncludes } from "@std/assert";
import { bashCompletions } from "../../lib/cli/completions_bash.ts";
import type { CompletionModel } from "../../lib/cli/completion_model.ts";

const model: CompletionModel = {
  commands: [{
    name: "fly",
    summary: "Fly like a bird's kite",
    options: [
      {
        long: "up",
        short: "u",
        description: "It's [very] high: up",
        candidates: "unknown",
        repeatable: false,
        suffixes: [],
      },
      { long: "map", value: "FILE", description: "Map", candidates: "files", repeatable: true, suffixes: [] },
      { long: "wind", value: "W", description: "Wind", candidates: ["calm", "gale"], repeatable: false, suffixes: [] },
    ],
    operand: ["north", "south"],
  }],
  options: [{
    long: "version",
    short: "V",
    description: "Version",
    candidates: "unknown",
    repeatable: false,
    suffixes: [],
  }],
};

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
