import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that `expr` is truthy, and narrows its type accordingly.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert("hello".includes("ello"));
 * ```
 *
 * @param expr The value that must be truthy
 * @param msg The message of the error
 * @throws {AssertionError} when `expr` is falsy
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}
