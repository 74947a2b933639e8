import { assert, assertEquals, assertThrows } from "@std/assert";
import { certificatesOf, itemTest } from "../support/certification.ts";
import { conformance, tableOf } from "../../scripts/docs/conformance.ts";
import { firstSentence } from "../../scripts/docs/files.ts";
import { generators, regenerate } from "../../scripts/docs/mod.ts";
import { options } from "../../scripts/docs/options.ts";
import { table } from "../../scripts/docs/table.ts";

const by = { hello: (name = "world") => `Hello, ${name}` };

Deno.test("regenerate() writes what is between the marks and nothing else", () => {
  const document = "a\n<!-- generated: hello -->\nold\n<!-- end -->\nb\n<!-- generated: hello you -->\n<!-- end -->\n";
  const expected = "a\n<!-- generated: hello -->\n\nHello, world\n\n<!-- end -->\nb\n" +
    "<!-- generated: hello you -->\n\nHello, you\n\n<!-- end -->\n";
  assertEquals(regenerate(document, by), expected);
  assertEquals(regenerate(expected, by), expected);
});

Deno.test("regenerate() refuses a part that nothing generates", () => {
  const document = "<!-- generated: nothing -->\n<!-- end -->\n";
  assertThrows(() => regenerate(document, by), Error, "Cannot generate nothing: there are only hello");
});

Deno.test("regenerate() refuses a part without an end", () => {
  assertThrows(() => regenerate("<!-- generated: hello -->\n", by), Error, "Cannot generate 1 parts");
});

Deno.test("table() fills columns and escapes bars", () => {
  assertEquals(
    table(["A", "B"], [["a|b", "c"], ["long cell", ""]]),
    [
      "| A         | B   |",
      "| --------- | --- |",
      "| a\\|b      | c   |",
      "| long cell |     |",
    ].join("\n"),
  );
});

for (
  const [doc, sentence] of [
    ["What it is for. More of it.\n", "What it is for"],
    ["Over two\n * lines.\n *\n * Data path: more.\n", "Over two lines"],
    ["The {@link Host} of a process.\n", "The `Host` of a process"],
    ["See lib/a.ts for more.\n", "See lib/a.ts for more"],
  ] as const
) {
  Deno.test(`firstSentence() is ${JSON.stringify(sentence)}`, () => {
    assertEquals(firstSentence(`/**\n * ${doc} *\n * @module\n */\n`), sentence);
  });
}

Deno.test("options() refuses an unknown command", () => {
  assertThrows(() => options("fly"), Error, "Cannot document lunbox fly: there is no such command");
});

for (const [name, generator] of Object.entries(generators)) {
  Deno.test(`the generator ${name} writes tables of whole rows`, () => {
    const lines = generator().split("\n").filter((line) => line.startsWith("|"));
    assert(lines.length > 2);
    for (const line of lines) assert(/^\|( .* \|){2,}$/.test(line) && !line.includes("undefined"), line);
  });
}

const item = { id: "A 1", checks: "something", spec: "RFC 7143 §1" };
const checked = { items: ["A 1"], name: "A 1: it works", path: "tests/conformance/rfc7143/a/01_test.ts" };

Deno.test("tableOf() names the first test of each file and counts the others", () => {
  const elsewhere = { ...checked, name: "A 1: it works_there", path: "tests/protocol/b_test.ts" };
  const decided = { ...item, decided: "another thing" };
  const lines = tableOf([decided], [checked, { ...checked, name: "A 1: again" }, elsewhere]).split("\n");
  assertEquals(lines.slice(4), [
    "[a/01]: ../tests/conformance/rfc7143/a/01_test.ts",
    "[protocol/b]: ../tests/protocol/b_test.ts",
  ]);
  assertEquals(
    lines[2]?.replaceAll(/ +/g, " "),
    "| A 1 | something. RFC 7143: another thing | RFC 7143 §1 | " +
      "[a/01]: it works (and 1 more); [protocol/b]: it works\\_there |",
  );
});

Deno.test("tableOf() tells why there is no test", () => {
  assert(tableOf([{ ...item, reason: "we have no tape" }], []).includes("No test: we have no tape"));
});

Deno.test("tableOf() refuses an item with neither a test nor a reason, and one with both", () => {
  assertThrows(() => tableOf([item], []), Error, "A 1 has neither a test nor a reason");
  assertThrows(() => tableOf([{ ...item, reason: "no" }], [checked]), Error, "A 1 has a reason for no test, and tests");
});

Deno.test("conformance() refuses a list that does not exist", () => {
  assertThrows(() => conformance("tape"), Error, "Cannot list tape: there are only full-feature");
});

Deno.test("certificatesOf() writes down the tests of items, and runs none", async () => {
  const told = await certificatesOf(() => {
    const fail = (): void => {
      throw new Error("Cannot run this: it is only told of");
    };
    itemTest(["FFP 7.2"], "too much", fail);
    itemTest([], "of no list", fail);
    Deno.test("of its own", fail);
    return Promise.resolve();
  });
  assertEquals(told, [{ items: ["FFP 7.2"], name: "FFP 7.2: too much" }]);
});
