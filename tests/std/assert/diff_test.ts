import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { assertEquals as ownAssertEquals } from "../../../lib/std/assert/equals.ts";
import { diff } from "../../../lib/std/assert/_diff.ts";

const ROWS: [from: string, to: string, script: string][] = [
  ["", "", ""],
  ["abc", "abc", " a b c"],
  ["", "ab", "+a+b"],
  ["ab", "", "-a-b"],
  ["abc", "axc", " a-b+x c"],
  ["abcd", "bcde", "-a b c d+e"],
  ["abcabba", "cbabac", "-a-b c+b a b-b a+c"],
];

const SIGNS = { common: " ", removed: "-", added: "+" };

for (const [from, to, script] of ROWS) {
  Deno.test(`diff() leads from "${from}" to "${to}"`, () => {
    assertEquals(diff([...from], [...to]).map(({ kind, line }) => SIGNS[kind] + line).join(""), script);
  });
}

Deno.test("diff() keeps every line of both texts, however many differ", () => {
  const from = Array.from({ length: 3000 }, (_, i) => `${i}`);
  const to = from.map((line, i) => i % 2 === 0 ? line : `x${line}`);
  const script = diff(from, to);
  assertEquals(script.filter(({ kind }) => kind !== "added").map(({ line }) => line), from);
  assertEquals(script.filter(({ kind }) => kind !== "removed").map(({ line }) => line), to);
});

Deno.test("assertEquals() shows long arrays of bytes around their first difference", () => {
  const found = new Uint8Array(1 << 20);
  const wanted = found.slice();
  wanted[4711] = 1;
  const error = assertThrows(() => ownAssertEquals(found, wanted), Error);
  assertStringIncludes(error.message, "First difference at index 4711 of 1048576");
});

Deno.test("assertEquals() leaves out equal lines far from a difference", () => {
  const found = Array.from({ length: 100 }, (_, i) => i);
  const error = assertThrows(() => ownAssertEquals(found, found.with(50, -1)), Error);
  assertStringIncludes(error.message, "... 41 unchanged lines ...");
});
