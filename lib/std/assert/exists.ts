import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/**
 * Asserts that `actual` is neither null nor undefined, and narrows its type accordingly.
 *
 * @param actual The value found
 * @param msg Put into the message of the error
 * @throws {AssertionError} when `actual` is null or undefined
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(`Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`);
}
