import { AssertionError } from "./assertion_error.ts";

/** The values that count as false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/**
 * Asserts that `expr` is falsy, and narrows its type accordingly.
 *
 * @param expr The value that must be falsy
 * @param msg The message of the error
 * @throws {AssertionError} when `expr` is truthy
 */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}
