import { equal } from "./equal.ts";
import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";
import { report } from "./_report.ts";

/**
 * Asserts that `actual` and `expected` are deeply {@linkcode equal}. The message of the error shows where they differ.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals({ hello: [1, 2] }, { hello: [1, 2] });
 * ```
 *
 * @param actual The value found
 * @param expected The value wanted
 * @param msg Put into the message of the error
 * @throws {AssertionError} when they differ
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${suffix(msg)}${report(actual, expected)}`);
}
