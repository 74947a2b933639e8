import { assertStringIncludes } from "@std/assert";
import { powershellCompletions } from "../../lib/cli/completions_powershell.ts";
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
    ["quotes", `'fly' = 'Fly like a bird''s kite'`],
    ["offers choices", `'--wind' = @('calm', 'gale')`],
    ["offers operands", `'fly' = @('north', 'south')`],
    ["describes options", `'--up' = 'It''s [very] high: up'`],
  ] as const
) {
  Deno.test(`powershellCompletions() ${what}`, () => assertStringIncludes(powershellCompletions(model), line));
}
