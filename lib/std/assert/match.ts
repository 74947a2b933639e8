import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/**
 * Asserts that `actual` matches the regular expression `expected`.
 *
 * @param actual The text found
 * @param expected The pattern
 * @param msg Put into the message of the error
 * @throws {AssertionError} when it does not match
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}
