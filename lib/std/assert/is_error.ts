import { AssertionError } from "./assertion_error.ts";
import { stripAnsiCode } from "./_color.ts";
import { suffix } from "./_format.ts";

/**
 * Asserts that `error` is an `Error`, of the class `ErrorClass` if given, whose message contains or matches
 * `msgMatches` if given.
 *
 * @param error The value found
 * @param ErrorClass The class it must be an instance of
 * @param msgMatches A text its message must contain, or a pattern it must match
 * @param msg Put into the message of the error
 * @throws {AssertionError} when it is not such an error
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: abstract new (...args: never[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${suffix(msg)}`);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${error.constructor?.name}"${suffix(msg)}`,
    );
  }
  if (!msgMatches || matches(error.message, msgMatches)) return;
  const wanted = typeof msgMatches === "string"
    ? `include ${JSON.stringify(msgMatches)}`
    : `match ${String(msgMatches)}`;
  throw new AssertionError(
    `Expected error message to ${wanted}, but got ${JSON.stringify(error.message)}${suffix(msg)}`,
  );
}

function matches(message: string, wanted: string | RegExp): boolean {
  const plain = stripAnsiCode(message);
  return typeof wanted === "string" ? plain.includes(stripAnsiCode(wanted)) : wanted.test(plain);
}
