import { AssertionError } from "./assertion_error.ts";
import { format } from "./_format.ts";

/**
 * Asserts that `actual` is less than or equal to `expected`.
 *
 * @param actual The value found
 * @param expected The value it is compared with
 * @param msg The message of the error, in place of the usual one
 * @throws {AssertionError} when it is not
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} <= ${format(expected)}`);
}
