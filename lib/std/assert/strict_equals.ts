import { AssertionError } from "./assertion_error.ts";
import { red } from "./_color.ts";
import { format, suffix } from "./_format.ts";
import { report } from "./_report.ts";

/**
 * Asserts that `actual` and `expected` are the same value by `Object.is`, and narrows the type of `actual`.
 *
 * @param actual The value found
 * @param expected The value wanted
 * @param msg Put into the message of the error
 * @throws {AssertionError} when they are not the same
 */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const text = format(actual);
  if (text !== format(expected)) {
    throw new AssertionError(`Values are not strictly equal${suffix(msg)}${report(actual, expected)}`);
  }
  const indented = text.split("\n").map((line) => `    ${line}`).join("\n");
  throw new AssertionError(
    `Values have the same structure but are not reference-equal${suffix(msg)}\n\n${red(indented)}\n`,
  );
}
