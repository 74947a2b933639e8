/**
 * `no-bigint-on-data-path`: in files whose module doc has a line starting `Data path:`, 64-bit numbers are doubles. A
 * BigInt costs seven times as much and leaves garbage for every I/O.
 *
 * @module
 */

import { moduleDoc } from "./place.ts";

const names = /^(BigInt|BigInt64Array|BigUint64Array|[gs]etBig(Int|Uint)64)$/;

/** Reports BigInt literals, conversions and accessors in files of the data path. */
export const noBigintOnDataPath: Deno.lint.Rule = {
  create(context) {
    if (!/^Data path:/m.test(moduleDoc(context.sourceCode.text))) return {};
    const message = "BigInt on the data path";
    const hint = "Use a number: readU64 and writeU64 are exact up to 2^53";
    return {
      Literal(node): void {
        if ("bigint" in node && node.bigint) context.report({ node, message, hint });
      },
      TSBigIntKeyword(node): void {
        context.report({ node, message, hint });
      },
      Identifier(node): void {
        if (names.test(node.name)) context.report({ node, message, hint });
      },
    };
  },
};
