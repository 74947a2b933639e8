import { assertEquals } from "@std/assert";
import { didYouMean, suggest } from "../../lib/cli/suggest.ts";

const known = ["serve", "create", "discover", "help"];

const rows: readonly (readonly [word: string, expected: string | undefined])[] = [
  ["serve", "serve"],
  ["srve", "serve"],
  ["sevre", "serve"],
  ["servee", "serve"],
  ["SERVE", "serve"],
  ["disc", "discover"],
  ["discvoer", "discover"],
  ["hlep", "help"],
  ["frobnicate", undefined],
  ["x", undefined],
  ["", undefined],
];

for (const [word, expected] of rows) {
  Deno.test(`suggest() gives ${expected} for "${word}"`, () => assertEquals(suggest(word, known), expected));
}

Deno.test("suggest() takes no number for another", () => assertEquals(suggest("3", ["0", "1", "2"]), undefined));

Deno.test("suggest() gives nothing when nothing is known", () => assertEquals(suggest("serve", []), undefined));

Deno.test("didYouMean() continues a message, or is empty", () => {
  assertEquals(didYouMean("--imag", ["--image", "--size"]), "; did you mean --image?");
  assertEquals(didYouMean("--frobnicate", ["--image", "--size"]), "");
});
