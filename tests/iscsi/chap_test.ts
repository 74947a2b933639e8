import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { decodeBinary, encodeBinary } from "../../lib/bytes/encoding.ts";
import type { AuthenticationExchange } from "../../lib/iscsi/authentication.ts";
import { type ChapAlgorithm, chapAlgorithms } from "../../lib/iscsi/chap_algorithms.ts";
import { chapAlgorithmsNamed, chapAuthentication, type ChapLogin, type ChapOptions } from "../../lib/iscsi/chap.ts";
import { ChapChallenges } from "../../lib/iscsi/chap_challenges.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { answerTo, type Asked, askedBy, base64, credentials, testPrimitives } from "../support/chap.ts";

const SECRET = "correct horse battery";
const OURS = "our own secret";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const mutual = { user: "target", secret: bytes(OURS) };
const alice: ChapLogin = { user: "alice", secret: bytes(SECRET), mutual };
const bob: ChapLogin = { user: "bob", secret: bytes("another secret 1") };

function options(change: Partial<ChapOptions> = {}): ChapOptions {
  const primitives = testPrimitives();
  return {
    logins: new Map([["alice", alice], ["bob", bob]]),
    algorithms: chapAlgorithms,
    challenges: new ChapChallenges(primitives.random),
    primitives,
    ...change,
  };
}

/** An exchange that has come to the challenge. */
function challenged(offer = "5", given = options()): { exchange: AuthenticationExchange; asked: Asked } {
  const exchange = chapAuthentication(given).begin();
  const { pairs, done } = exchange.next([["CHAP_A", offer]]);
  assertEquals(done, false);
  return { exchange, asked: askedBy(pairs) };
}

function refused(exchange: AuthenticationExchange, pairs: readonly TextPair[]): { status: number; message: string } {
  const { status, message } = assertThrows(() => exchange.next(pairs), LoginError);
  return { status: status & 0xffff, message };
}

for (const { name, code, length } of chapAlgorithms) {
  Deno.test(`chapAuthentication() lets an initiator in that knows the secret, by ${name}`, () => {
    const { exchange, asked } = challenged(String(code));
    assertEquals(asked.algorithm, code);
    assertEquals(answerTo(asked, SECRET).length, length);
    assertEquals(exchange.next(credentials(asked, "alice", SECRET)), { pairs: [], done: true });
  });

  Deno.test(`chapAuthentication() refuses a wrong secret, by ${name}`, () => {
    const { exchange, asked } = challenged(String(code));
    const { status, message } = refused(exchange, credentials(asked, "alice", `${SECRET}!`));
    assertEquals(status, 0x0201);
    assertStringIncludes(message, `user "alice": the response is wrong`);
  });

  Deno.test(`chapAuthentication() says who we are, by ${name}`, () => {
    const { exchange, asked } = challenged(String(code));
    const question = { algorithm: code, identifier: 255, challenge: bytes("who are you?") };
    const step = exchange.next([
      ...credentials(asked, "alice", SECRET),
      ["CHAP_I", "255"],
      ["CHAP_C", encodeBinary(question.challenge)],
    ]);
    assertEquals(step, {
      pairs: [["CHAP_N", "target"], ["CHAP_R", encodeBinary(answerTo(question, OURS))]],
      done: true,
    });
  });
}

const offers: readonly (readonly [offer: string, algorithms: readonly ChapAlgorithm[], answer: string])[] = [
  ["5", chapAlgorithms, "5"],
  ["7,5", chapAlgorithms, "7"],
  ["5,7", chapAlgorithms, "7"],
  ["5,6,7,8", chapAlgorithms, "8"],
  ["5,6,7,8", chapAlgorithmsNamed(["md5", "sha256"]), "5"],
  ["8,7,6,5", chapAlgorithmsNamed(["SHA1"]), "6"],
  ["99,x,,05,5", chapAlgorithms, "5"],
  ["0x5", chapAlgorithms, "5"],
];

for (const [offer, algorithms, answer] of offers) {
  Deno.test(`chapAuthentication() answers CHAP_A=${offer} with ${answer} of ${algorithms.map((a) => a.name)}`, () => {
    assertEquals(String(challenged(offer, options({ algorithms })).asked.algorithm), answer);
  });
}

for (const offer of ["", "MD5", "4", "9,10", "-5", "5 "]) {
  Deno.test(`chapAuthentication() refuses CHAP_A=${JSON.stringify(offer)}`, () => {
    const exchange = chapAuthentication(options()).begin();
    assertEquals(refused(exchange, [["CHAP_A", offer]]).status, 0x0201);
  });
}

Deno.test("chapAuthentication() waits while nothing is said", () => {
  const exchange = chapAuthentication(options()).begin();
  assertEquals(exchange.next([]), { pairs: [], done: false });
  const asked = askedBy(exchange.next([["CHAP_A", "5"]]).pairs);
  assertEquals(exchange.next([]), { pairs: [], done: false });
  assert(exchange.next(credentials(asked, "alice", SECRET)).done);
});

Deno.test("chapAuthentication() writes its challenge in hexadecimal, two digits a byte", () => {
  const exchange = chapAuthentication(options()).begin();
  const challenge = new Map(exchange.next([["CHAP_A", "5"]]).pairs).get("CHAP_C") ?? "";
  assert(/^0x(?:[0-9a-f]{2}){16,32}$/.test(challenge), challenge);
});

const spellings: Readonly<Record<string, (answer: Uint8Array) => string>> = {
  "in small hex digits": (answer) => encodeBinary(answer),
  "in capital hex digits": (answer) => encodeBinary(answer).toUpperCase(),
  "in hex digits behind 0x": (answer) => `0x${encodeBinary(answer).slice(2).toUpperCase()}`,
  "in base64": base64,
  "in base64 behind 0B": (answer) => `0B${base64(answer).slice(2)}`,
  "in base64 without padding": (answer) => base64(answer).replace(/=+$/, ""),
};

for (const [how, write] of Object.entries(spellings)) {
  Deno.test(`chapAuthentication() takes a response ${how}`, () => {
    const { exchange, asked } = challenged();
    assert(exchange.next([["CHAP_N", "alice"], ["CHAP_R", write(answerTo(asked, SECRET))]]).done);
  });
}

const badResponses: Readonly<Record<string, (answer: Uint8Array) => string>> = {
  "one bit off": (answer) => encodeBinary(answer.map((byte, i) => i === 15 ? byte ^ 1 : byte)),
  "one byte short": (answer) => encodeBinary(answer.subarray(1)),
  "one byte long": (answer) => `${encodeBinary(answer)}00`,
  "of an odd number of digits": (answer) => encodeBinary(answer).slice(0, -1),
  "without prefix": (answer) => encodeBinary(answer).slice(2),
  "that is empty": () => "",
  "that is only a prefix": () => "0x",
  "in no digits": () => `0x${"g".repeat(32)}`,
  "in base64 that is too long": (answer) => base64(Uint8Array.of(...answer, 0)),
  "in 127 digits of base64": () => `0b${"A".repeat(127)}`,
  "of 30000 digits": () => `0x${"0".repeat(30000)}`,
};

for (const [how, write] of Object.entries(badResponses)) {
  Deno.test(`chapAuthentication() refuses a response ${how}`, () => {
    const { exchange, asked } = challenged();
    const pairs: TextPair[] = [["CHAP_N", "alice"], ["CHAP_R", write(answerTo(asked, SECRET))]];
    assertEquals(refused(exchange, pairs).status, 0x0201);
  });
}

Deno.test("chapAuthentication() refuses a user that it does not know, and takes names as they are", () => {
  for (const user of ["mallory", "Alice", "alice ", "target"]) {
    const { exchange, asked } = challenged();
    const { status, message } = refused(exchange, credentials(asked, user, SECRET));
    assertEquals(status, 0x0201);
    assertStringIncludes(message, `user ${JSON.stringify(user)}: nobody of that name`);
  }
});

Deno.test("chapAuthentication() makes a hash for a user that it does not know, too", () => {
  const counted = testPrimitives();
  let hashes = 0;
  const digest: typeof counted.digest = (...args) => {
    hashes++;
    return counted.digest(...args);
  };
  const { exchange, asked } = challenged("5", options({ primitives: { ...counted, digest } }));
  refused(exchange, credentials(asked, "mallory", SECRET));
  assertEquals(hashes, 1);
});

Deno.test("chapAuthentication() says no secret, response or challenge when it refuses", () => {
  const { exchange, asked } = challenged();
  const { message } = refused(exchange, credentials(asked, "alice", "a wrong secret!!"));
  for (const part of [SECRET, "a wrong secret!!", encodeBinary(asked.challenge).slice(2)]) {
    assert(!message.includes(part));
  }
});

const disorder: readonly (readonly [what: string, first: readonly TextPair[], second?: readonly TextPair[]])[] = [
  ["CHAP_N and CHAP_R before CHAP_A", [["CHAP_N", "alice"], ["CHAP_R", "0x00"]]],
  ["CHAP_A with CHAP_N", [["CHAP_A", "5"], ["CHAP_N", "alice"]]],
  ["CHAP_I of an initiator first", [["CHAP_I", "1"]]],
  ["CHAP_C of an initiator first", [["CHAP_C", "0x00"]]],
  ["a key of another method", [["SRP_U", "alice"]]],
  ["CHAP_A a second time", [["CHAP_A", "5"]], [["CHAP_A", "5"]]],
  ["CHAP_N without CHAP_R", [["CHAP_A", "5"]], [["CHAP_N", "alice"]]],
  ["CHAP_R without CHAP_N", [["CHAP_A", "5"]], [["CHAP_R", "0x00"]]],
  ["CHAP_I without CHAP_C", [["CHAP_A", "5"]], [["CHAP_N", "a"], ["CHAP_R", "0x0"], ["CHAP_I", "1"]]],
  ["CHAP_C without CHAP_I", [["CHAP_A", "5"]], [["CHAP_N", "a"], ["CHAP_R", "0x0"], ["CHAP_C", "0x01"]]],
  ["an empty CHAP_N", [["CHAP_A", "5"]], [["CHAP_N", ""], ["CHAP_R", "0x00"]]],
  ["a CHAP_N of 256 bytes", [["CHAP_A", "5"]], [["CHAP_N", "ä".repeat(128)], ["CHAP_R", "0x00"]]],
  ["the same key twice", [["CHAP_A", "5"]], [["CHAP_N", "alice"], ["CHAP_N", "bob"], ["CHAP_R", "0x00"]]],
];

for (const [what, first, second] of disorder) {
  Deno.test(`chapAuthentication() refuses ${what}`, () => {
    const exchange = chapAuthentication(options()).begin();
    if (second !== undefined) exchange.next(first);
    assertEquals(refused(exchange, second ?? first).status, 0x0200);
  });
}

const questions: readonly (readonly [identifier: string, challenge: string])[] = [
  ["256", "0x01"],
  ["-1", "0x01"],
  ["", "0x01"],
  ["one", "0x01"],
  ["1", ""],
  ["1", "0x"],
  ["1", "0b"],
  ["1", "plain"],
  ["1", "0x123"],
  ["1", `0x${"00".repeat(1025)}`],
  ["1", `0b${"A".repeat(1368)}`],
];

for (const [identifier, challenge] of questions) {
  Deno.test(`chapAuthentication() refuses CHAP_I=${identifier} with CHAP_C=${challenge.slice(0, 12)} of ${challenge.length} characters`, () => {
    const { exchange, asked } = challenged();
    const pairs: TextPair[] = [["CHAP_I", identifier], ["CHAP_C", challenge]];
    assertEquals(refused(exchange, [...credentials(asked, "alice", SECRET), ...pairs]).status, 0x0200);
  });
}

for (const [identifier, length] of [["0", 1], ["0xff", 1024], ["17", 16]] as const) {
  Deno.test(`chapAuthentication() answers CHAP_I=${identifier} and a challenge of ${length} bytes`, () => {
    const { exchange, asked } = challenged();
    const question = { algorithm: 5, identifier: Number(identifier), challenge: new Uint8Array(length).fill(7) };
    const pairs: TextPair[] = [["CHAP_I", identifier], ["CHAP_C", base64(question.challenge)]];
    const answer = new Map(exchange.next([...credentials(asked, "alice", SECRET), ...pairs]).pairs);
    assertEquals(decodeBinary(answer.get("CHAP_R") ?? ""), answerTo(question, OURS));
  });
}

Deno.test("chapAuthentication() does not say who we are to someone who does not know the secret", () => {
  const { exchange, asked } = challenged();
  const pairs: TextPair[] = [["CHAP_I", "1"], ["CHAP_C", "0x0102"]];
  assertEquals(refused(exchange, [...credentials(asked, "alice", "a wrong secret!!"), ...pairs]).status, 0x0201);
});

Deno.test("chapAuthentication() refuses mutual CHAP for a user for whom we have no secret", () => {
  const { exchange, asked } = challenged();
  const pairs: TextPair[] = [["CHAP_I", "1"], ["CHAP_C", "0x0102"]];
  const { status, message } = refused(exchange, [...credentials(asked, "bob", "another secret 1"), ...pairs]);
  assertEquals(status, 0x0201);
  assertStringIncludes(message, "mutual CHAP");
});

Deno.test("chapAuthentication() refuses its own challenge, on the same connection and on another", () => {
  const given = options();
  const other = challenged("5", given).asked;
  for (const reflected of ["own", "other"] as const) {
    const { exchange, asked } = challenged("5", given);
    const challenge = reflected === "own" ? asked.challenge : other.challenge;
    const pairs: TextPair[] = [["CHAP_I", "1"], ["CHAP_C", base64(challenge)]];
    const { status, message } = refused(exchange, [...credentials(asked, "alice", SECRET), ...pairs]);
    assertEquals(status, 0x0201);
    assertStringIncludes(message, "a challenge of ours");
  }
});

Deno.test("chapAuthentication() takes a name of 255 bytes, and the same name on both sides", () => {
  for (const user of ["u".repeat(255), "target"]) {
    const logins = new Map([[user, { user, secret: bytes(SECRET), mutual: { user: "target", secret: bytes(OURS) } }]]);
    const { exchange, asked } = challenged("5", options({ logins }));
    const pairs: TextPair[] = [["CHAP_I", "1"], ["CHAP_C", "0x0102"]];
    assertEquals(exchange.next([...credentials(asked, user, SECRET), ...pairs]).pairs[0], ["CHAP_N", "target"]);
  }
});

Deno.test("chapAuthentication() asks every login something else, by another identifier", () => {
  const given = options();
  const first = challenged("5", given).asked;
  const second = challenged("5", given).asked;
  assertNotEquals(first.challenge, second.challenge);
  assertNotEquals(first.identifier, second.identifier);
  const { exchange } = challenged("5", given);
  assertEquals(refused(exchange, credentials(first, "alice", SECRET)).status, 0x0201);
});

Deno.test("chapAlgorithmsNamed() finds algorithms in the order given, and says which there are", () => {
  assertEquals(chapAlgorithmsNamed(["SHA1", "sha3-256"]).map(({ code }) => code), [6, 8]);
  assertThrows(() => chapAlgorithmsNamed(["SHA512"]), RangeError, "there are SHA3-256, SHA256, SHA1, MD5");
  assertThrows(() => chapAlgorithmsNamed([]), RangeError, "Cannot use CHAP");
});
