/**
 * `no-enum`: names of numbers are as-const tables, so that they can be walked and leave nothing to the compiler.
 *
 * @module
 */

/** Reports every `enum`. */
export const noEnum: Deno.lint.Rule = {
  create(context) {
    return {
      TSEnumDeclaration(node): void {
        context.report({
          node,
          message: "An enum hides a table",
          hint: "Write `export const name = { ... } as const` instead",
        });
      },
    };
  },
};
