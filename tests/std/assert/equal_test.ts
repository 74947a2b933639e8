import { assert, assertEquals, assertFalse, assertNotEquals, assertThrows, equal } from "@std/assert";

class Point {
  constructor(readonly x: number) {}
}

class Place {
  constructor(readonly x: number) {}
}

class Celsius {
  readonly #degrees: number;

  constructor(degrees: number) {
    this.#degrees = degrees;
  }

  get degrees(): number {
    return this.#degrees;
  }
}

function circle(radius: number): { radius: number; self?: unknown } {
  const made: { radius: number; self?: unknown } = { radius };
  made.self = made;
  return made;
}

const KEY = Symbol("key");

const EQUAL: [name: string, a: unknown, b: unknown][] = [
  ["NaN", NaN, NaN],
  ["zeros of both signs", [0], [-0]],
  ["nested records", { a: [1, { b: "c" }] }, { a: [1, { b: "c" }] }],
  ["records in another order", { a: 1, b: 2 }, { b: 2, a: 1 }],
  ["symbol keys", { [KEY]: 1 }, { [KEY]: 1 }],
  ["a record without prototype", Object.create(null), {}],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date("x"), new Date("y")],
  ["patterns", /a/g, /a/g],
  ["URLs", new URL("http://a/b"), new URL("http://a/b")],
  ["bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  ["bytes of a larger buffer", new Uint8Array([0, 1, 2]).subarray(1), Uint8Array.of(1, 2)],
  ["floats", Float64Array.of(NaN, 0), Float64Array.of(NaN, -0)],
  ["buffers", Uint8Array.of(1).buffer, Uint8Array.of(1).buffer],
  ["sets in another order", new Set([1, new Set([2])]), new Set([new Set([2]), 1])],
  ["maps in another order", new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]])],
  ["maps with records as keys", new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])],
  ["circular records", circle(1), circle(1)],
  ["instances of one class", new Point(1), new Point(1)],
  ["instances with equal getters", new Celsius(1), new Celsius(1)],
  ["weak references", new WeakRef({ a: 1 }), new WeakRef({ a: 1 })],
];

for (const [name, a, b] of EQUAL) {
  Deno.test(`equal() finds ${name} equal`, () => assert(equal(a, b) && equal(b, a)));
}

const DIFFERENT: [name: string, a: unknown, b: unknown][] = [
  ["a number and a text", 1, "1"],
  ["null and undefined", null, undefined],
  ["null and a record", null, {}],
  ["missing and undefined properties", { a: undefined }, { b: undefined }],
  ["fewer properties", { a: 1, b: undefined }, { a: 1 }],
  ["an array and a record", [], {}],
  ["arrays in another order", [1, 2], [2, 1]],
  ["dates", new Date(5), new Date(6)],
  ["patterns with other flags", /a/g, /a/i],
  ["bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 3)],
  ["bytes of other lengths", Uint8Array.of(1, 2), Uint8Array.of(1)],
  ["arrays of bytes of other types", Uint8Array.of(1), Int8Array.of(1)],
  ["buffers", Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
  ["sets", new Set([1, 2]), new Set([1, 3])],
  ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["circular records", circle(1), circle(2)],
  ["instances of two classes", new Point(1), new Place(1)],
  ["instances with different getters", new Celsius(1), new Celsius(2)],
  ["errors with different messages", new Error("a"), new Error("b")],
];

for (const [name, a, b] of DIFFERENT) {
  Deno.test(`equal() finds ${name} different`, () => assertFalse(equal(a, b) || equal(b, a)));
}

Deno.test("equal() cannot look into weak collections", () => {
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError, "Cannot compare WeakMap instances");
  assertThrows(() => equal(new WeakSet(), new WeakSet()), TypeError, "Cannot compare WeakSet instances");
});

Deno.test("assertEquals() compares megabytes", () => {
  const a = new Uint8Array(1 << 20).fill(0x5a);
  const b = a.slice();
  assertEquals(a, b);
  b[b.length - 1] = 0;
  assertNotEquals(a, b);
});
