import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_format.ts";

/** Any class, abstract ones included. */
export type AnyConstructor = abstract new (...args: never[]) => unknown;

/** What the class `T` makes. */
export type GetConstructorType<T extends AnyConstructor> = InstanceType<T>;

/**
 * Asserts that `actual` is an instance of the class `expectedType`, and narrows its type accordingly.
 *
 * @param actual The value found
 * @param expectedType The class
 * @param msg Put into the message of the error
 * @throws {AssertionError} when it is not an instance
 */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is GetConstructorType<T> {
  if (actual instanceof expectedType) return;
  const found = typeName(actual);
  const but = found === expectedType.name
    ? ""
    : found === "function"
    ? " but was not an instanced object"
    : ` but was "${found}"`;
  throw new AssertionError(`Expected object to be an instance of "${expectedType.name}"${but}${suffix(msg)}`);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}
