import { assert, assertEquals, assertThrows } from "@std/assert";
import { type AuthenticationMethod, noAuthentication } from "../../lib/iscsi/authentication.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { LoginSecurity } from "../../lib/iscsi/login_security.ts";
import { challenge } from "../support/login_steps.ts";

function statusOf(call: () => unknown): number {
  return assertThrows(call, LoginError).status;
}

const choices: readonly { offer: string; methods: readonly AuthenticationMethod[]; answer: string | number }[] = [
  { offer: "None", methods: [noAuthentication], answer: "None" },
  { offer: "CHAP,None", methods: [noAuthentication], answer: "None" },
  { offer: "KRB5,SRP,None", methods: [noAuthentication], answer: "None" },
  { offer: "None,CHAP", methods: [challenge, noAuthentication], answer: "None" },
  { offer: "CHAP,None", methods: [noAuthentication, challenge], answer: "CHAP" },
  { offer: "None,CHAP", methods: [challenge], answer: "CHAP" },
  { offer: "None", methods: [challenge], answer: 0x0201 },
  { offer: "CHAP", methods: [noAuthentication], answer: 0x0201 },
  { offer: "KRB5", methods: [noAuthentication, challenge], answer: 0x0201 },
  { offer: "", methods: [noAuthentication], answer: 0x0201 },
  { offer: "none", methods: [noAuthentication], answer: 0x0201 },
];

for (const { offer, methods, answer } of choices) {
  const names = methods.map(({ name }) => name).join(" or ");
  Deno.test(`LoginSecurity answers AuthMethod=${offer} with ${answer} when ${names} will do`, () => {
    const security = new LoginSecurity(methods);
    const offers = [["AuthMethod", offer]] as const;
    if (typeof answer === "number") assertEquals(statusOf(() => security.answer(offers)), answer);
    else assertEquals(security.answer(offers), [["AuthMethod", answer]]);
  });
}

Deno.test("LoginSecurity lets an initiator leave without a word only where None will do", () => {
  assert(new LoginSecurity([noAuthentication]).mayLeave());
  assertEquals(statusOf(() => new LoginSecurity([challenge]).mayLeave()), 0x0201);
});

Deno.test("LoginSecurity keeps an initiator until the method is done", () => {
  const security = new LoginSecurity([challenge]);
  security.answer([["AuthMethod", "CHAP"]]);
  assert(!security.mayLeave());
  assertEquals(security.answer([["CHAP_A", "5"]]), [["CHAP_A", "5"], ["CHAP_I", "1"], ["CHAP_C", "0x00"]]);
  assert(!security.mayLeave());
  assertEquals(security.answer([["CHAP_N", "me"], ["CHAP_R", "0x01"]]), []);
  assert(security.mayLeave());
});

Deno.test("LoginSecurity refuses security keys before, after and without a method", () => {
  const keys = [["CHAP_A", "5"]] as const;
  assertEquals(statusOf(() => new LoginSecurity([challenge]).answer(keys)), 0x0200);
  const none = new LoginSecurity([noAuthentication]);
  none.answer([["AuthMethod", "None"]]);
  assertEquals(statusOf(() => none.answer(keys)), 0x0200);
  assertEquals(statusOf(() => new LoginSecurity([noAuthentication]).answer([["AuthMethod", "None"], ...keys])), 0x0200);
});
