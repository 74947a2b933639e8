import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";
import { suffix } from "./_format.ts";

/**
 * Runs `fn`, asserts that the promise it returns rejects, and resolves to the reason.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => Promise.reject(new TypeError("Cannot parse")), TypeError, "parse");
 * ```
 *
 * @param fn The function whose promise must reject
 * @param msg Put into the message of the error
 * @returns the reason of the rejection
 * @throws {AssertionError} when the promise fulfils, or `fn` throws instead of returning one
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Runs `fn`, asserts that the promise it returns rejects with an `ErrorClass`, and resolves to that error.
 *
 * @param fn The function whose promise must reject
 * @param ErrorClass The class of the error
 * @param msgIncludes A text that the message of the error must contain
 * @param msg Put into the message of the `AssertionError`
 * @returns the error
 * @throws {AssertionError} when it rejects with something else, fulfils, or `fn` throws instead
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: (abstract new (...args: never[]) => Error) | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const words = typeof classOrMsg === "string" ? classOrMsg : ErrorClass ? msg : msgIncludes ?? msg;
  let promised = false;
  try {
    const result = fn();
    promised = isPromiseLike(result);
    // A value that is no promise cannot reject, so there is nothing to wait for
    if (promised) await result;
  } catch (error) {
    if (!promised) {
      throw new AssertionError(`Function throws when expected to reject${suffix(words)}`, { cause: error });
    }
    if (!ErrorClass) return error;
    if (!(error instanceof Error)) throw new AssertionError(`A non-Error object was rejected${suffix(words)}`);
    assertIsError(error, ErrorClass, msgIncludes, words);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(words)}`);
}

function isPromiseLike(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
