import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";
import { suffix } from "./_format.ts";

/**
 * Runs `fn`, asserts that it throws, and returns what it threw. A promise that `fn` returns is not awaited.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => JSON.parse("{"), SyntaxError);
 * ```
 *
 * @param fn The function that must throw
 * @param msg Put into the message of the error
 * @returns what `fn` threw
 * @throws {AssertionError} when it does not throw
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Runs `fn`, asserts that it throws an `ErrorClass`, and returns that error.
 *
 * @param fn The function that must throw
 * @param ErrorClass The class of the error
 * @param msgIncludes A text that the message of the error must contain
 * @param msg Put into the message of the `AssertionError`
 * @returns the error that `fn` threw
 * @throws {AssertionError} when it throws something else or nothing
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: (abstract new (...args: never[]) => Error) | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const words = typeof classOrMsg === "string" ? classOrMsg : ErrorClass ? msg : msgIncludes ?? msg;
  try {
    fn();
  } catch (error) {
    if (!ErrorClass) return error;
    if (!(error instanceof Error)) throw new AssertionError(`A non-Error object was thrown${suffix(words)}`);
    assertIsError(error, ErrorClass, msgIncludes, words);
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(words)}`);
}
