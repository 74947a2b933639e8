import { AssertionError } from "./assertion_error.ts";
import { format, suffix } from "./_format.ts";

/**
 * Asserts that `actual` and `expected` are not the same value by `Object.is`.
 *
 * @param actual The value found
 * @param expected The value that it must not be
 * @param msg Put into the message of the error
 * @throws {AssertionError} when they are the same
 */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(`Expected "actual" to not be strictly equal to: ${format(actual)}${suffix(msg)}\n`);
}
