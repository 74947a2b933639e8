/**
 * `deno-in-its-place`: the `Deno` namespace is used in the shell only, so that everything else runs wherever JavaScript
 * runs, and so that what the program asks of the system can be read in a few files.
 *
 * @module
 */

import { denoPlaces } from "../layers/rules.ts";
import { placeOf } from "./place.ts";

/** Reports `Deno` outside the places of the layer table, in values and in types. */
export const denoInItsPlace: Deno.lint.Rule = {
  create(context) {
    const path = placeOf(context.filename);
    if (denoPlaces.test(path)) return {};
    return {
      Identifier(node): void {
        if (node.name !== "Deno") return;
        if (node.parent.type === "MemberExpression" && node.parent.object !== node) return;
        context.report({
          node,
          message: `${path} may not use Deno`,
          hint: "It belongs in lib/net, lib/cli, lib/server.ts or a file store",
        });
      },
    };
  },
};
