/**
 * `error-message`: messages of plain errors thrown in `lib` read "Cannot <verb> <what>: <state>", without a full stop.
 *
 * @module
 */

import { placeOf, roomOf } from "./place.ts";

const classes = new Set(["Error", "RangeError", "TypeError"]);

/** Reports literal messages with another grammar; messages made elsewhere are not looked at. */
export const errorMessage: Deno.lint.Rule = {
  create(context) {
    const path = placeOf(context.filename);
    if (!path.startsWith("lib/") || roomOf(path) === "std") return {};
    return {
      NewExpression(node): void {
        if (node.callee.type !== "Identifier" || !classes.has(node.callee.name)) return;
        const argument = node.arguments[0];
        if (argument === undefined) {
          context.report({ node, message: "An error without a message helps nobody", hint });
          return;
        }
        const message = literal(argument);
        if (message === undefined || (/^Cannot \S+ [\s\S]*\S: \S/.test(message) && !message.endsWith("."))) return;
        context.report({ node: argument, message: "The message does not follow the grammar of errors", hint });
      },
    };
  },
};

const hint = 'Write "Cannot <verb> <what>: <state>", without a full stop';

/** The text of a literal with `0` for what is filled in; `undefined` for any other expression. */
function literal(node: Deno.lint.Node): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral") return node.quasis.map((part) => part.cooked).join("0");
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const left = literal(node.left);
    const right = literal(node.right);
    return left === undefined && right === undefined ? undefined : (left ?? "0") + (right ?? "0");
  }
  return undefined;
}
