import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/**
 * Asserts that the text `actual` contains the text `expected`.
 *
 * @param actual The text found
 * @param expected The text that must occur in it
 * @param msg Put into the message of the error
 * @throws {AssertionError} when it does not occur
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`);
}
