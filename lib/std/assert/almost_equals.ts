import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/**
 * Asserts that two numbers are at most `tolerance` apart.
 *
 * @param actual The number found
 * @param expected The number wanted
 * @param tolerance The greatest distance allowed; by default one ten-millionth of `expected`
 * @param msg Put into the message of the error
 * @throws {AssertionError} when they are further apart
 */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${show(actual)}" to be close to "${show(expected)}": ` +
      `delta "${show(delta)}" is greater than "${show(allowed)}"${suffix(msg)}`,
  );
}

function show(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential();
}
