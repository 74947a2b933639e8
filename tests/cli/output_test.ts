import { assertEquals } from "@std/assert";
import { printable, styles, table, wrap } from "../../lib/cli/output.ts";

Deno.test("styles() writes escape sequences where colours are welcome", () => {
  assertEquals(styles({ colors: true }).bold("x"), "\x1b[1mx\x1b[22m");
  assertEquals(styles({ colors: false }).bold("x"), "x");
});

Deno.test("printable() takes the power from control characters", () => {
  assertEquals(printable("a\x1b[2Jb\nc\x9bd é"), "a\\x1b[2Jb\\x0ac\\x9bd é");
});

Deno.test("wrap() breaks between words", () => {
  assertEquals(wrap("aa bb cc", 5), ["aa bb", "cc"]);
  assertEquals(wrap("longer-than-that b", 5), ["longer-than-that", "b"]);
  assertEquals(wrap("", 5), [""]);
});

Deno.test("table() gives each column the width of its widest cell", () => {
  assertEquals(table(["A", "BB"], [["1234", "x"], ["", "y"]]), "A     BB\n1234  x\n      y\n");
});
