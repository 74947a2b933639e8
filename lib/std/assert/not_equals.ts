import { equal } from "./equal.ts";
import { AssertionError } from "./assertion_error.ts";
import { format, suffix } from "./_format.ts";

/**
 * Asserts that `actual` and `expected` are not deeply equal.
 *
 * @param actual The value found
 * @param expected The value that it must not be
 * @param msg Put into the message of the error
 * @throws {AssertionError} when they are equal
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(`Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`);
}
