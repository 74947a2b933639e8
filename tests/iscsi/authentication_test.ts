import { assertEquals, assertThrows } from "@std/assert";
import { noAuthentication } from "../../lib/iscsi/authentication.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";

Deno.test("noAuthentication is done at once and has nothing to say", () => {
  assertEquals(noAuthentication.name, "None");
  assertEquals(noAuthentication.begin().next([]), { pairs: [], done: true });
});

Deno.test("noAuthentication refuses security keys", () => {
  const error = assertThrows(() => noAuthentication.begin().next([["CHAP_A", "5"]]), LoginError, "CHAP_A");
  assertEquals(error.status, 0x0200);
});
