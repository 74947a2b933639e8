/**
 * A command line to complete, with every kind of candidate and a description that shells have to quote.
 *
 * @module
 */

import type { CompletionModel } from "../../lib/cli/completion_model.ts";

/** What the generators of completions are tested with. */
export const model: CompletionModel = {
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
