import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { encodeBinary, encodeHex } from "../../lib/bytes/encoding.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import type { ChapAccount } from "../../lib/target/chap_accounts.ts";
import { answerTo, askedBy, base64, credentials } from "../support/chap.ts";
import { catalogueOf, challengedAt, loginAt, stay, wantsChap } from "../support/chap_login.ts";
import { INITIATOR, normal, operational, pairsOf, step, TARGET } from "../support/login_steps.ts";

const SECRET = "a good secret";
const OURS = "our own secret";
const alice: ChapAccount = { user: "alice", secret: SECRET, mutual: { user: "lunbox", secret: OURS } };
const catalogue = () => catalogueOf({ chap: [alice] });

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

Deno.test("Mutual CHAP is answered in the response that says that the initiator is let in", () => {
  const { login, asked } = challengedAt(catalogue());
  const question = { algorithm: 5, identifier: 77, challenge: Uint8Array.of(1, 2, 3) };
  const pairs: TextPair[] = [["CHAP_I", "77"], ["CHAP_C", "0x010203"]];
  const answer = step(login, { nextStage: 1 }, [...credentials(asked, "alice", SECRET), ...pairs]);
  assertEquals(pairsOf(answer), [["CHAP_N", "lunbox"], ["CHAP_R", encodeBinary(answerTo(question, OURS))]]);
  assertEquals([answer.status, answer.transit], [0, true]);
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

// CONFORMANCE of CHAP, A: the algorithm.
const offers: readonly (readonly [what: string, requests: readonly (readonly TextPair[])[], status: number])[] = [
  ["a list of which one is known", [[["CHAP_A", "250,5"]]], 0],
  ["a list with what is no number", [[["CHAP_A", "MD5,5"]]], 0],
  ["nothing that is a number", [[["CHAP_A", "MD5"]]], 0x0201],
  ["an algorithm that nobody knows", [[["CHAP_A", "250"]]], 0x0201],
  ["CHAP_A twice in one request", [[["CHAP_A", "5"], ["CHAP_A", "5"]]], 0x0200],
  ["CHAP_A twice in two requests", [[["CHAP_A", "5"]], [["CHAP_A", "5"]]], 0x0200],
  ["CHAP_A=Reject", [[["CHAP_A", "Reject"]]], 0x0200],
  ["CHAP_I before CHAP_A", [[["CHAP_I", "1"]]], 0x0200],
  ["CHAP_C before CHAP_A", [[["CHAP_C", "0x00"]]], 0x0200],
  ["CHAP_N before CHAP_A", [[["CHAP_N", "alice"]]], 0x0200],
  ["CHAP_R before CHAP_A", [[["CHAP_R", "0x00"]]], 0x0200],
  ["CHAP_N without CHAP_R", [[["CHAP_A", "5"]], [["CHAP_N", "alice"]]], 0x0200],
  ["CHAP_I instead of CHAP_N", [[["CHAP_A", "5"]], [["CHAP_I", "1"], ["CHAP_C", "0x00"]]], 0x0200],
];

for (const [what, requests, status] of offers) {
  Deno.test(`A login with CHAP that says ${what} ${status === 0 ? "goes on" : `ends with ${status.toString(16)}`}`, () => {
    const login = loginAt(catalogue());
    step(login, stay, wantsChap);
    const answers = requests.map((pairs) => step(login, stay, pairs).status);
    assertEquals(answers.at(-1), status);
  });
}

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

// I and C: what we ask.
Deno.test("Identifiers and challenges differ between logins one after another and at the same time", () => {
  const house = catalogue();
  const logins = Array.from({ length: 300 }, () => challengedAt(house));
  assertEquals(new Set(logins.map(({ asked }) => encodeHex(asked.challenge))).size, 300);
  assertEquals(new Set(logins.map(({ asked }) => asked.identifier)).size, 256);
  for (let i = 1; i < logins.length; i++) {
    assertNotEquals(logins[i]?.asked.identifier, logins[i - 1]?.asked.identifier);
    const length = logins[i]?.asked.challenge.length ?? 0;
    assert(length >= 16 && length <= 1024);
  }
  // Each is let in by its own.
  for (const { login, asked } of logins) assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0);
});

Deno.test("A response to the challenge of another login is refused", () => {
  const house = catalogue();
  const { asked } = challengedAt(house);
  const { login } = challengedAt(house);
  assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0x0201);
});

// C of the initiator: reflection (RFC 7143 §9.2.1).
for (const write of [encodeBinary, base64, (bytes: Uint8Array) => encodeBinary(bytes).toUpperCase()]) {
  Deno.test(`Our challenge is not answered when it comes back as ${write(Uint8Array.of(0xab))}`, () => {
    const house = catalogue();
    const other = challengedAt(house).asked;
    for (const source of ["this", "another"] as const) {
      const { login, asked } = challengedAt(house);
      const challenge = source === "this" ? asked.challenge : other.challenge;
      const pairs: TextPair[] = [["CHAP_I", String(asked.identifier)], ["CHAP_C", write(challenge)]];
      const answer = step(login, { nextStage: 1 }, [...credentials(asked, "alice", SECRET), ...pairs]);
      assertEquals([answer.status, answer.text.length], [0x0201, 0]);
      assertStringIncludes(answer.reason ?? "", "a challenge of ours");
    }
  });
}

Deno.test("A challenge of 1024 bytes is answered, one of 1025 is not", () => {
  for (const [length, status] of [[1, 0], [1024, 0], [1025, 0x0200], [0, 0x0200]] as const) {
    for (const write of [encodeBinary, base64]) {
      const { login, asked } = challengedAt(catalogue());
      const pairs: TextPair[] = [["CHAP_I", "0"], ["CHAP_C", write(new Uint8Array(length).fill(1))]];
      assertEquals(step(login, stay, [...credentials(asked, "alice", SECRET), ...pairs]).status, status);
    }
  }
});

// N: names.
const names: readonly (readonly [user: string, status: number])[] = [
  ["alice", 0],
  ["u".repeat(255), 0],
  ["lunbox", 0],
  ["", 0x0200],
  ["u".repeat(256), 0x0200],
  ["nobody", 0x0201],
];

for (const [user, status] of names) {
  Deno.test(`CHAP_N of ${user.length} bytes, ${user.slice(0, 6)}, ends with ${status.toString(16)}`, () => {
    const chap = ["alice", "u".repeat(255), "lunbox"].map((name) => ({ ...alice, user: name }));
    const { login, asked } = challengedAt(catalogueOf({ chap }));
    assertEquals(step(login, stay, credentials(asked, user, SECRET)).status, status);
  });
}

// R: what crashed other targets.
const responses: readonly (readonly [what: string, response: string])[] = [
  ["a digit more than the digest", `0x${"0".repeat(33)}`],
  ["17 bytes more than the digest", `0x${"0".repeat(66)}`],
  ["127 characters of base64", `0b${"Z".repeat(127)}`],
  ["8000 characters of base64", `0b${"Z".repeat(8000)}`],
  ["an odd digit less", `0x${"0".repeat(31)}`],
  ["no digits", "0x"],
  ["no prefix", "0".repeat(32)],
];

for (const [what, response] of responses) {
  Deno.test(`CHAP_R with ${what} ends with 0201`, () => {
    const { login } = challengedAt(catalogue());
    assertEquals(step(login, stay, [["CHAP_N", "alice"], ["CHAP_R", response]]).status, 0x0201);
  });
}

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

// INITIATORS of UEFI: CHAP_A=7,5, then everything in the third request, with T set.
for (const algorithms of ["7,5", "5", "8,7,6,5"]) {
  Deno.test(`UEFI's sequence with CHAP_A=${algorithms} is answered as it wants it`, () => {
    const { login, asked } = challengedAt(catalogue(), { algorithms });
    const question = { algorithm: asked.algorithm, identifier: 5, challenge: new Uint8Array(16).fill(9) };
    const answer = step(login, { transit: true, nextStage: 1 }, [
      ...credentials(asked, "alice", SECRET),
      ["CHAP_I", "5"],
      ["CHAP_C", encodeBinary(question.challenge)],
    ]);
    assertEquals([answer.transit, answer.nextStage], [true, 1]);
    assertEquals(new Map(pairsOf(answer)).get("CHAP_R"), encodeBinary(answerTo(question, OURS)));
  });
}
