import { assertEquals } from "./equals.ts";

/** An object with properties of any kind. */
// deno-lint-ignore no-explicit-any -- interfaces are assignable to a record of any, not to one of unknown
type AnyRecord = Record<PropertyKey, any>;

/**
 * Asserts that `expected` is a subset of `actual`: what `expected` holds, `actual` holds too, at every depth.
 * Elements of arrays are compared position by position; classes do not matter.
 *
 * @example
 * ```ts
 * import { assertObjectMatch } from "@std/assert";
 *
 * assertObjectMatch({ foo: 1, bar: { baz: 2, qux: 3 } }, { bar: { qux: 3 } });
 * ```
 *
 * @param actual The object found
 * @param expected The part that it must hold
 * @param msg Put into the message of the error
 * @throws {AssertionError} when something is missing or different
 * @throws {TypeError} when `actual` is not an object
 */
export function assertObjectMatch(actual: AnyRecord, expected: Record<PropertyKey, unknown>, msg?: string): void {
  if (typeof actual !== "object" || actual === null) {
    const found: unknown = actual;
    throw new TypeError(`Cannot assertObjectMatch: first argument is ${found === null ? "null" : typeof found}`);
  }
  assertEquals<unknown>(select(actual, expected, new Map()), select(expected, expected, new Map()), msg);
}

/** The part of `value` that `pattern` speaks of; pairs already met stand for themselves. */
function select(value: unknown, pattern: unknown, seen: Map<object, Map<object, unknown>>): unknown {
  if (!isObject(value) || !isObject(pattern)) return value;
  const known = seen.get(value)?.get(pattern);
  if (known !== undefined) return known;
  if (Array.isArray(value) && Array.isArray(pattern)) {
    const part: unknown[] = remember(seen, value, pattern, []);
    for (const [i, wanted] of pattern.entries()) if (i in value) part[i] = select(value[i], wanted, seen);
    return part;
  }
  if (value instanceof Map && pattern instanceof Map) {
    const part: Map<unknown, unknown> = remember(seen, value, pattern, new Map());
    for (const [key, wanted] of pattern) if (value.has(key)) part.set(key, select(value.get(key), wanted, seen));
    return part;
  }
  // Members that are objects have no counterpart to look up, so such a set is compared whole
  if (value instanceof Set && pattern instanceof Set) {
    return [...pattern].some(isObject) ? value : new Set([...value].filter((member) => pattern.has(member)));
  }
  if (!isPlain(value) || !isPlain(pattern)) return value;
  return selectProperties(value, pattern, seen);
}

function selectProperties(value: object, pattern: object, seen: Map<object, Map<object, unknown>>): unknown {
  const part: AnyRecord = remember(seen, value, pattern, {});
  for (const key of Reflect.ownKeys(pattern)) {
    if (key in value) part[key] = select(Reflect.get(value, key), Reflect.get(pattern, key), seen);
  }
  return part;
}

function remember<T>(seen: Map<object, Map<object, unknown>>, value: object, pattern: object, part: T): T {
  const patterns = seen.get(value) ?? new Map<object, unknown>();
  seen.set(value, patterns.set(pattern, part));
  return part;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPlain(value: object): boolean {
  return !Array.isArray(value) && !ArrayBuffer.isView(value) &&
    ![RegExp, Date, Map, Set, WeakMap, WeakSet, WeakRef, ArrayBuffer, URL, Promise].some((type) =>
      value instanceof type
    );
}
