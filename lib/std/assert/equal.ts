/**
 * Tells whether two values have the same structure: the same prototype and equal properties, recursively. `NaN` equals
 * itself, `0` equals `-0`, the order of sets and maps does not matter, circular values end. Instances of classes are
 * compared by all their visible properties, getters and those of the prototype included.
 *
 * @example
 * ```ts
 * import { assert, equal } from "@std/assert";
 *
 * assert(equal({ foo: [1, 2] }, { foo: [1, 2] }));
 * assert(!equal({ foo: [1, 2] }, { foo: [2, 1] }));
 * ```
 *
 * @param a One value
 * @param b The other value
 * @returns `true` when they are deeply equal
 * @throws {TypeError} for two `WeakMap`s or two `WeakSet`s, whose content cannot be seen
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (!samePrototype(a, b)) return false;
  const special = compareSpecial(a, b, seen);
  if (special !== undefined) return special;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Set && b instanceof Set) return compareSets(a, b, seen);
  if (a instanceof Map && b instanceof Map) return compareMaps(a, b, seen);
  return compareProperties(a, b, seen);
}

function samePrototype(a: object, b: object): boolean {
  const ofA: unknown = Object.getPrototypeOf(a);
  const ofB: unknown = Object.getPrototypeOf(b);
  return ofA === ofB || (ofA === null && ofB === Object.prototype) || (ofA === Object.prototype && ofB === null);
}

/** Values whose content is not in their properties; `undefined` for all others. */
function compareSpecial(a: object, b: object, seen: Map<object, object>): boolean | undefined {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return compareViews(a, b);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return compareElements(new Uint8Array(a), new Uint8Array(b));
  }
  if (a instanceof Date && b instanceof Date) return compare(a.getTime(), b.getTime(), seen);
  if (WRITTEN.some((type) => a instanceof type && b instanceof type)) return String(a) === String(b);
  if (a instanceof WeakRef && b instanceof WeakRef) return compare(a.deref(), b.deref(), seen);
  if (a instanceof WeakMap && b instanceof WeakMap) throw new TypeError("Cannot compare WeakMap instances");
  if (a instanceof WeakSet && b instanceof WeakSet) throw new TypeError("Cannot compare WeakSet instances");
  return undefined;
}

function compareViews(a: ArrayBufferView, b: ArrayBufferView): boolean {
  // Floating point elements are compared as numbers, not as bits: 0 equals -0, NaN equals NaN
  if (isNumbers(a) && isNumbers(b)) return compareElements(a, b);
  return compareElements(bytesOf(a), bytesOf(b));
}

function isNumbers(view: ArrayBufferView): view is ArrayBufferView & ArrayLike<number> {
  return !(view instanceof DataView) && !(view instanceof BigInt64Array) && !(view instanceof BigUint64Array);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function compareElements(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  }
  return true;
}

function compareSets(a: Set<unknown>, b: Set<unknown>, seen: Map<object, object>): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set(b);
  for (const value of a) {
    if (rest.delete(value)) continue;
    const twin = typeof value === "object" ? findEqual(value, rest, seen) : undefined;
    if (twin === undefined) return false;
    rest.delete(twin);
  }
  return true;
}

function compareMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, seen: Map<object, object>): boolean {
  if (a.size !== b.size) return false;
  const rest = new Map(b);
  for (const [key, value] of a) {
    if (rest.has(key) && compare(value, rest.get(key), seen)) {
      rest.delete(key);
      continue;
    }
    if (typeof key !== "object") return false;
    const twin = [...rest].find(([k, v]) => attempt(key, k, seen) && attempt(value, v, seen));
    if (twin === undefined) return false;
    rest.delete(twin[0]);
  }
  return true;
}

function findEqual(value: unknown, candidates: Set<unknown>, seen: Map<object, object>): unknown {
  for (const candidate of candidates) if (attempt(value, candidate, seen)) return candidate;
  return undefined;
}

/** A comparison that may fail without its assumptions outliving it. */
function attempt(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  return compare(a, b, new Map(seen));
}

function compareProperties(a: object, b: object, seen: Map<object, object>): boolean {
  const keys = comparableKeys(a);
  const others = comparableKeys(b);
  if (keys.size !== others.size) return false;
  for (const key of keys) {
    if (!others.has(key) || !compare(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
  }
  return true;
}

/** Plain objects and arrays show what they are by enumerable properties, other classes also by hidden ones and getters. */
function comparableKeys(value: object): Set<PropertyKey> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) {
    return new Set(Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)));
  }
  const keys = new Set<PropertyKey>();
  let level: object | null = value;
  while (level !== null && level !== Object.prototype && level !== Array.prototype) {
    for (const key of Reflect.ownKeys(level)) keys.add(key);
    level = Object.getPrototypeOf(level);
  }
  return keys;
}

/** Classes whose text says all about an instance. */
const WRITTEN = [RegExp, URL, URLSearchParams, Intl.Locale];
