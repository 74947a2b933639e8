import { assertStringIncludes } from "@std/assert";
import { powershellCompletions } from "../../lib/cli/completions_powershell.ts";
import { model } from "../support/completion_model.ts";

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
