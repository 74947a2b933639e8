import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { format, suffix } from "./_format.ts";

/** An array or something like one, but not a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/**
 * Asserts that every element of `expected` has an equal in `actual`, in any order.
 *
 * @param actual The array found
 * @param expected The elements that must occur in it
 * @param msg Put into the message of the error
 * @throws {AssertionError} when one is missing
 */
export function assertArrayIncludes<T>(actual: ArrayLikeArg<T>, expected: ArrayLikeArg<T>, msg?: string): void {
  const found = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) => !found.some((value) => equal(value, wanted)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${format(actual)}" to include: "${format(expected)}"${suffix(msg)}\nmissing: ${format(missing)}`,
  );
}
