import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/**
 * Marks a place whose code is not written.
 *
 * @param msg Put into the message of the error
 * @throws {AssertionError} always
 */
export function unimplemented(msg?: string): never {
  throw new AssertionError(`Unimplemented${suffix(msg)}`);
}
