/**
 * `core-is-pure`: the protocol core has no I/O, clock or randomness of its own, so that every rule of the standards can
 * be tested with bytes and a fake clock. `bytes` and `iscsi` are synchronous, too.
 *
 * @module
 */

import { impureGlobals, pureRooms, synchronousRooms } from "../layers/rules.ts";
import { placeOf, roomOf } from "./place.ts";

/** Reports impure globals, `node:` imports and, where they are not wanted, `async` and `await`. */
export const coreIsPure: Deno.lint.Rule = {
  create(context) {
    const room = roomOf(placeOf(context.filename));
    if (room === undefined || !pureRooms.has(room)) return {};
    const synchronous = synchronousRooms.has(room);
    const declared = new Set<string>();
    const used: { readonly node: Deno.lint.Identifier; readonly name: string }[] = [];

    function checkSource(node: { readonly source: Deno.lint.StringLiteral | null }): void {
      if (node.source?.value.startsWith("node:")) {
        context.report({ node: node.source, message: `${room} may not import ${node.source.value}`, hint });
      }
    }
    function checkAsync(node: Deno.lint.Node & { readonly async: boolean }): void {
      if (synchronous && node.async) context.report({ node, message: `${room} is synchronous`, hint });
    }
    return {
      ImportDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ImportExpression(node): void {
        context.report({ node, message: `${room} may not import at run time`, hint });
      },
      FunctionDeclaration: checkAsync,
      FunctionExpression: checkAsync,
      ArrowFunctionExpression: checkAsync,
      AwaitExpression(node): void {
        if (synchronous) context.report({ node, message: `${room} is synchronous`, hint });
      },
      MemberExpression(node): void {
        if (node.object.type !== "Identifier" || node.property.type !== "Identifier" || node.computed) return;
        const name = `${node.object.name}.${node.property.name}`;
        if (impureGlobals.has(name)) used.push({ node: node.object, name });
      },
      Identifier(node): void {
        if (declares(node)) declared.add(node.name);
        else if (impureGlobals.has(node.name) && refers(node)) used.push({ node, name: node.name });
      },
      "Program:exit"(): void {
        for (const { node, name } of used) {
          if (!declared.has(node.name)) context.report({ node, message: `${room} may not use ${name}`, hint });
        }
      },
    };
  },
};

const hint = "Take time, random bytes and hashes as arguments; do I/O in lib/net or lib/store";

/** The identifier names something of the file's own: a variable, a parameter, a function, an import. */
function declares(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "VariableDeclarator":
      return parent.id === node;
    case "AssignmentPattern":
      return parent.left === node;
    case "FunctionDeclaration":
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return parent.id === node || parent.params.some((param) => param === node);
    case "ClassDeclaration":
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return true;
    default:
      return false;
  }
}

/** The identifier stands for a value, and is not a key, a member's name or part of a type. */
function refers(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
      return parent.value === node || parent.computed || parent.shorthand;
    case "PropertyDefinition":
      return parent.value === node || parent.computed;
    case "MethodDefinition":
    case "ImportSpecifier":
    case "ExportSpecifier":
    case "LabeledStatement":
      return false;
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
      return true;
    default:
      return !parent.type.startsWith("TS");
  }
}
