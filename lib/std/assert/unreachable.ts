import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/**
 * Marks a place that no execution reaches.
 *
 * @param msg Put into the message of the error
 * @throws {AssertionError} always
 */
export function unreachable(msg?: string): never {
  throw new AssertionError(`Unreachable${suffix(msg)}`);
}
