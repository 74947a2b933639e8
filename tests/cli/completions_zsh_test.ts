import { assertStringIncludes } from "@std/assert";
import { zshCompletions } from "../../lib/cli/completions_zsh.ts";
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
    ["quotes", `'fly:Fly like a bird'\\''s kite'`],
    ["escapes what would end a description", `{-u,--up}'[It'\\''s \\[very\\] high\\: up]'`],
    ["repeats", `'*--map[Map]:FILE:_files'`],
    ["offers choices", `'--wind[Wind]:W:(calm gale)'`],
    ["offers operands", `'1:operand:(north south)'`],
  ] as const
) {
  Deno.test(`zshCompletions() ${what}`, () => assertStringIncludes(zshCompletions(model), line));
}
