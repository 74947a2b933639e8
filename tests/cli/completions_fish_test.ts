import { assertStringIncludes } from "@std/assert";
import { fishCompletions } from "../../lib/cli/completions_fish.ts";
import { model } from "../support/completion_model.ts";

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
