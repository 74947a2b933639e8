import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { askedBy, credentials } from "../support/chap.ts";
import {
  alice,
  catalogue,
  catalogueOf,
  challengedAt,
  loginAt,
  SECRET,
  stay,
  wantsChap,
} from "../support/chap_login.ts";
import { INITIATOR, normal, operational, pairsOf, step, TARGET } from "../support/login_steps.ts";

const discovers: readonly TextPair[] = [
  ["InitiatorName", INITIATOR],
  ["SessionType", "Discovery"],
  ["AuthMethod", "CHAP,None"],
];

Deno.test("A login with CHAP goes from the security stage to full feature phase", () => {
  const login = loginAt(catalogue());
  const first = step(login, stay, wantsChap);
  assertEquals(pairsOf(first), [["TargetPortalGroupTag", "1"], ["AuthMethod", "CHAP"]]);
  const second = step(login, stay, [["CHAP_A", "7,5"]]);
  assertEquals(pairsOf(second).map(([key]) => key), ["CHAP_A", "CHAP_I", "CHAP_C"]);
  const third = step(login, { nextStage: 1 }, credentials(askedBy(pairsOf(second)), "alice", SECRET));
  assertEquals([third.status, third.transit, third.nextStage, pairsOf(third)], [0, true, 1, []]);
  assert(step(login, operational, []).transit);
  assert(login.finished);
});

Deno.test("T of the initiator is not granted before it is known who it is, as iPXE asks each time", () => {
  const login = loginAt(catalogue());
  assertEquals(step(login, { transit: true, nextStage: 1 }, wantsChap).transit, false);
  const challenge = step(login, { transit: true, nextStage: 1 }, [["CHAP_A", "5"]]);
  assertEquals(challenge.transit, false);
  assertEquals(step(login, { transit: true, nextStage: 1 }, []).transit, false);
});

Deno.test("An initiator cannot come in without CHAP, whichever way it tries", () => {
  const ways: readonly (readonly [what: string, flags: Record<string, number>, pairs: readonly TextPair[]])[] = [
    ["AuthMethod=None", {}, normal],
    ["no AuthMethod at all", {}, normal.filter(([key]) => key !== "AuthMethod")],
    ["the operational stage first", operational, normal.filter(([key]) => key !== "AuthMethod")],
    ["full feature phase at once", { nextStage: 3 }, normal.filter(([key]) => key !== "AuthMethod")],
    ["a method that nobody knows", {}, [...normal.slice(0, 3), ["AuthMethod", "KRB5,SRP"]]],
  ];
  for (const [what, flags, pairs] of ways) {
    const login = loginAt(catalogue());
    const { status, reason = "" } = step(login, flags, pairs);
    assertEquals(status, 0x0201, what);
    assertStringIncludes(reason, "CHAP is required");
    assert(login.failed);
  }
});

Deno.test("An initiator that offers CHAP and None gets what the target wants", () => {
  for (const chap of [[alice], undefined]) {
    const house = catalogueOf(chap === undefined ? {} : { chap });
    const answer = step(loginAt(house), stay, [...wantsChap.slice(0, 3), ["AuthMethod", "None,CHAP"]]);
    assertEquals(new Map(pairsOf(answer)).get("AuthMethod"), chap === undefined ? "None" : "CHAP");
  }
});

Deno.test("A login that has failed stays so", () => {
  const { login, asked } = challengedAt(catalogue());
  assertEquals(step(login, stay, credentials(asked, "alice", "a wrong secret!")).status, 0x0201);
  assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0x0201);
});

Deno.test("Keys of CHAP after its end are refused", () => {
  const { login, asked } = challengedAt(catalogue());
  assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0);
  assertEquals(step(login, stay, [["CHAP_I", "1"], ["CHAP_C", "0x01"]]).status, 0x0200);
});

Deno.test("The first keys of CHAP may come with AuthMethod", () => {
  const answer = step(loginAt(catalogue()), stay, [...wantsChap, ["CHAP_A", "5"]]);
  assertEquals(pairsOf(answer).map(([key]) => key), [
    "TargetPortalGroupTag",
    "AuthMethod",
    "CHAP_A",
    "CHAP_I",
    "CHAP_C",
  ]);
});

Deno.test("Discovery asks for CHAP by accounts of its own", () => {
  const house = catalogueOf({ chap: [alice] }, { discovery: [{ user: "dora", secret: "another secret" }] });
  const { login, asked } = challengedAt(house, { first: discovers });
  assertEquals(step(login, stay, credentials(asked, "dora", "another secret")).status, 0);
  const other = challengedAt(house, { first: discovers });
  assertEquals(step(other.login, stay, credentials(other.asked, "alice", SECRET)).status, 0x0201);
  const none = step(loginAt(house), {}, [...discovers.slice(0, 2), ["AuthMethod", "None"]]);
  assertEquals(none.status, 0x0201);
});

Deno.test("Discovery asks nobody when it has no accounts, though the target does", () => {
  const answer = step(loginAt(catalogue()), {}, discovers);
  assertEquals([pairsOf(answer), answer.transit], [[["AuthMethod", "None"]], true]);
});

Deno.test("An account counts for the initiators that it is for", () => {
  const house = catalogueOf({ chap: [{ ...alice, initiators: ["eui.*"] }] });
  const { login, asked } = challengedAt(house);
  assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0x0201);
  const eui: readonly TextPair[] = [["InitiatorName", "eui.0123456789abcdef"], ["TargetName", TARGET], [
    "AuthMethod",
    "CHAP",
  ]];
  const other = challengedAt(house, { first: eui });
  assertEquals(step(other.login, stay, credentials(other.asked, "alice", SECRET)).status, 0);
});
