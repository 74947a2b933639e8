import { assertEquals, assertInstanceOf } from "@std/assert";
import { exitCode, exitCodeMeanings, messageOf, UsageError } from "../../lib/cli/errors.ts";

Deno.test("exitCode tells outcomes apart", () => {
  const codes = Object.values(exitCode);
  assertEquals([codes.length, new Set(codes).size], [4, 4]);
});

Deno.test("exitCodeMeanings explains every exit code", () => {
  assertEquals(exitCodeMeanings.map(([code]) => code), Object.values(exitCode));
});

Deno.test("UsageError is an error of its own name", () => {
  const error = new UsageError("Cannot serve: no image");
  assertInstanceOf(error, Error);
  assertEquals(String(error), "UsageError: Cannot serve: no image");
});

Deno.test("messageOf() takes the message of an error, and the text of anything else", () => {
  assertEquals([new Error("a"), "b", 3, undefined].map(messageOf), ["a", "b", "3", "undefined"]);
});
