import { assertStringIncludes } from "@std/assert";
import { fishCompletions } from "../../lib/cli/completions_fish.ts";
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
    ["quotes", `-d 'Fly like a bird\\'s kite'`],
    ["offers files", `-l map -r -F -d 'Map'`],
    ["offers choices", `-l wind -x -a 'calm gale'`],
    ["offers letters", `-s u -l up`],
    ["offers operands", `-a 'north south'`],
  ] as const
) {
  Deno.test(`fishCompletions() ${what}`, () => assertStringIncludes(fishCompletions(model), line));
}
