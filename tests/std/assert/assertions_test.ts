import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unimplemented,
  unreachable,
} from "@std/assert";

const HELD: [name: string, run: () => void][] = [
  ["assert() takes truthy values", () => assert("a")],
  ["assertFalse() takes falsy values", () => assertFalse("")],
  ["assertEquals() takes equal values", () => assertEquals([1], [1])],
  ["assertNotEquals() takes different values", () => assertNotEquals([1], [2])],
  ["assertStrictEquals() takes the same value", () => assertStrictEquals(NaN, NaN)],
  ["assertNotStrictEquals() takes copies", () => assertNotStrictEquals([1], [1])],
  ["assertExists() takes false", () => assertExists(false)],
  ["assertMatch() takes a match", () => assertMatch("abc", /b/)],
  ["assertNotMatch() takes no match", () => assertNotMatch("abc", /x/)],
  ["assertStringIncludes() takes a part", () => assertStringIncludes("abc", "b")],
  ["assertArrayIncludes() takes parts in any order", () => assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }])],
  ["assertAlmostEquals() takes close numbers", () => assertAlmostEquals(0.1 + 0.2, 0.3)],
  ["assertAlmostEquals() takes a tolerance", () => assertAlmostEquals(10, 11, 1)],
  ["assertGreater() takes a greater value", () => assertGreater(2, 1)],
  ["assertGreaterOrEqual() takes an equal value", () => assertGreaterOrEqual(1, 1)],
  ["assertLess() takes a smaller value", () => assertLess(1, 2)],
  ["assertLessOrEqual() takes an equal value", () => assertLessOrEqual(1, 1)],
  ["assertInstanceOf() takes instances", () => assertInstanceOf(new TypeError(), Error)],
  ["assertNotInstanceOf() takes others", () => assertNotInstanceOf(new Error(), TypeError)],
  ["assertIsError() takes a part of the message", () => assertIsError(new TypeError("Cannot x"), TypeError, "x")],
  ["assertIsError() takes a pattern of the message", () => assertIsError(new Error("Cannot x"), Error, /^Cannot/)],
  ["assertObjectMatch() takes parts at every depth", () => assertObjectMatch({ a: { b: 1, c: 2 } }, { a: { c: 2 } })],
  ["assertObjectMatch() takes the start of an array", () => assertObjectMatch({ a: [1, 2, 3] }, { a: [1, 2] })],
  ["assertObjectMatch() takes parts of maps", () => {
    assertObjectMatch({ a: new Map([["x", { y: 1, z: 2 }], ["w", { y: 0, z: 0 }]]) }, {
      a: new Map([["x", { y: 1 }]]),
    });
  }],
  ["assertObjectMatch() takes parts of sets", () => assertObjectMatch({ a: new Set([1, 2]) }, { a: new Set([2]) })],
];

for (const [name, run] of HELD) Deno.test(name, run);

const BROKEN: [name: string, run: () => unknown, message: string | RegExp][] = [
  ["assert()", () => assert(0, "no"), /^no$/],
  ["assertFalse()", () => assertFalse(1, "no"), /^no$/],
  ["assertNotEquals()", () => assertNotEquals(1, 1), "Expected actual: 1 not to be: 1."],
  ["assertStrictEquals() of copies", () => assertStrictEquals([1], [1]), /^Values have the same structure but are not/],
  ["assertStrictEquals() of others", () => assertStrictEquals<unknown>([1], [2]), /^Values are not strictly equal\./],
  ["assertNotStrictEquals()", () => assertNotStrictEquals(1, 1), 'Expected "actual" to not be strictly equal to: 1.'],
  ["assertExists()", () => assertExists(null), 'Expected actual: "null" to not be null or undefined.'],
  ["assertMatch()", () => assertMatch("a", /b/, "why"), 'Expected actual: "a" to match: "/b/": why'],
  ["assertNotMatch()", () => assertNotMatch("a", /a/), 'Expected actual: "a" to not match: "/a/".'],
  ["assertStringIncludes()", () => assertStringIncludes("a", "b"), 'Expected actual: "a" to contain: "b".'],
  ["assertArrayIncludes()", () => assertArrayIncludes([1], [2, 1]), /missing: \[\s+2,\s+\]/],
  [
    "assertAlmostEquals()",
    () => assertAlmostEquals(1, 2, 0.5),
    '"1" to be close to "2": delta "1" is greater than "5e-1".',
  ],
  ["assertGreater()", () => assertGreater(1, 2), "Expect 1 > 2"],
  ["assertGreaterOrEqual()", () => assertGreaterOrEqual(1, 2), "Expect 1 >= 2"],
  ["assertLess()", () => assertLess(2, 1), "Expect 2 < 1"],
  ["assertLessOrEqual()", () => assertLessOrEqual(2, 1), "Expect 2 <= 1"],
  ["assertInstanceOf() of a record", () => assertInstanceOf({}, Date), '"Date" but was "Object".'],
  ["assertInstanceOf() of null", () => assertInstanceOf(null, Date), '"Date" but was "null".'],
  ["assertInstanceOf() of a class", () => assertInstanceOf(Date, Date), '"Date" but was not an instanced object.'],
  ["assertNotInstanceOf()", () => assertNotInstanceOf(new Date(), Date), 'to not be an instance of "Date".'],
  ["assertIsError() of a text", () => assertIsError("x"), 'Expected "error" to be an Error object.'],
  [
    "assertIsError() of another class",
    () => assertIsError(new Error("x"), TypeError),
    'Expected error to be instance of "TypeError", but was "Error".',
  ],
  [
    "assertIsError() of another message",
    () => assertIsError(new Error("x"), Error, "y"),
    'Expected error message to include "y", but got "x".',
  ],
  ["assertObjectMatch()", () => assertObjectMatch({ a: 1 }, { a: 1, b: 2 }), /^Values are not equal\./],
  ["fail()", () => fail("x"), "Failed assertion: x"],
  ["unreachable()", () => unreachable(), /^unreachable/i],
  ["unimplemented()", () => unimplemented("x"), /^unimplemented: x$/i],
];

for (const [name, run, message] of BROKEN) {
  Deno.test(`${name} throws an AssertionError that says what is wrong`, () => {
    const error = assertThrows(run);
    assertIsError(error, AssertionError, message);
    assertEquals(error.name, "AssertionError");
  });
}

Deno.test("assertEquals() shows what was found and what was wanted", () => {
  const error = assertThrows(() => assertEquals({ a: 1, b: [2] }, { a: 1, b: [3] }, "why"), AssertionError);
  // deno-lint-ignore no-control-regex -- the colours are not under test
  const text = error.message.replaceAll(/\x1b\[\d+m/g, "");
  assertStringIncludes(text, "Values are not equal: why");
  assertStringIncludes(text, "[Diff] Actual / Expected");
  assertStringIncludes(text, "    {\n      a: 1,\n      b: [\n-       2,\n+       3,\n      ],\n    }");
});

Deno.test("assertThrows() returns what was thrown", () => {
  assertEquals(
    assertThrows(() => {
      throw "text";
    }),
    "text",
  );
  const error: TypeError = assertThrows(
    () => {
      throw new TypeError("Cannot x");
    },
    TypeError,
    "x",
  );
  assertEquals(error.message, "Cannot x");
});

Deno.test("assertThrows() says what happened instead", () => {
  assertThrows(() => assertThrows(() => {}, "why"), AssertionError, "Expected function to throw: why");
  const throwText = () => {
    throw "text";
  };
  assertThrows(() => assertThrows(throwText, Error), AssertionError, "A non-Error object was thrown.");
  const throwError = () => {
    throw new Error("x");
  };
  assertThrows(() => assertThrows(throwError, TypeError), AssertionError, 'instance of "TypeError", but was "Error"');
  assertThrows(() => assertThrows(throwError, Error, "y"), AssertionError, 'to include "y", but got "x"');
});

Deno.test("assertRejects() resolves to the reason", async () => {
  assertEquals(await assertRejects(() => Promise.reject("text")), "text");
  const error: TypeError = await assertRejects(() => Promise.reject(new TypeError("Cannot x")), TypeError, "x");
  assertEquals(error.message, "Cannot x");
});

Deno.test("assertRejects() says what happened instead", async () => {
  const rows: [run: () => Promise<unknown>, message: string][] = [
    [() => assertRejects(() => Promise.resolve(), "why"), "Expected function to reject: why"],
    [() => assertRejects(() => Promise.reject("text"), Error), "A non-Error object was rejected."],
    [() => assertRejects(() => Promise.reject(new Error("x")), TypeError), 'instance of "TypeError", but was "Error"'],
    [
      () =>
        assertRejects(() => {
          throw new Error("x");
        }),
      "Function throws when expected to reject.",
    ],
  ];
  for (const [run, message] of rows) await assertRejects(run, AssertionError, message);
});
