import { assert, assertEquals, assertThrows } from "@std/assert";
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
