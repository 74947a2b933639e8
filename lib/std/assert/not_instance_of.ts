import { assertFalse } from "./false.ts";
import { suffix } from "./_format.ts";

/**
 * Asserts that `actual` is not an instance of the class `unexpectedType`, and narrows its type accordingly.
 *
 * @param actual The value found
 * @param unexpectedType The class
 * @param msg Put into the message of the error
 * @throws {AssertionError} when it is an instance
 */
export function assertNotInstanceOf<A, T>(
  actual: A,
  unexpectedType: abstract new (...args: never[]) => T,
  msg?: string,
): asserts actual is Exclude<A, T> {
  assertFalse(
    actual instanceof unexpectedType,
    `Expected object to not be an instance of "${unexpectedType.name}"${suffix(msg)}`,
  );
}
