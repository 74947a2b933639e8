import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { loginErrorOf, Redirection, refusal } from "../../lib/iscsi/login_refusal.ts";
import { NegotiationError } from "../../lib/iscsi/negotiation.ts";
import { TextError } from "../../lib/iscsi/text.ts";
import { pairsOf } from "../support/login_steps.ts";

Deno.test("refusal() is an initiator error that says why", () => {
  const { status, message } = refusal("the stage is wrong");
  assertEquals([status, message], [0x0200, "Cannot go on with the login: the stage is wrong"]);
});

Deno.test("Redirection tells where the target is, and for how long", () => {
  const address = "[2001:db8::1]:3260";
  const moves = [false, true].map((permanent) => new Redirection({ address, permanent }));
  assertEquals(moves.map(({ status }) => status), [0x0101, 0x0102]);
  for (const move of moves) assertEquals(pairsOf(move), [["TargetAddress", address]]);
});

Deno.test("loginErrorOf() blames the initiator for its text and its keys, and for nothing else", () => {
  const known = refusal("x");
  assertStrictEquals(loginErrorOf(known), known);
  for (const error of [new TextError("Cannot read text: x"), new NegotiationError("Cannot take text: x")]) {
    const { status, message } = loginErrorOf(error);
    assertEquals([status, message], [0x0200, error.message]);
  }
  assertThrows(() => loginErrorOf(new TypeError("Cannot do it: x")), TypeError);
});
