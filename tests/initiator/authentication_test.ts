import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { Authentication, type InitiatorChap } from "../../lib/initiator/authentication.ts";
import { connect } from "../../lib/initiator/connect.ts";
import { discover } from "../../lib/initiator/discover.ts";
import { AuthenticationError, LoginRefusedError } from "../../lib/initiator/errors.ts";
import { Initiator } from "../../lib/initiator/initiator.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { encodeBinary } from "../../lib/bytes/encoding.ts";
import { Server, type ServerOptions } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import type { ChapAccount } from "../../lib/target/chap_accounts.ts";
import { answerTo, askedBy, base64, testPrimitives } from "../support/chap.ts";

const alice = { user: "alice", secret: "a good secret" };
const mutual = { user: "disk box", secret: "the other secret" };
const challenge = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const wantsChap: readonly TextPair[] = [["AuthMethod", "CHAP"]];

/** What a target asks. */
function question(algorithm: number, written = encodeBinary(challenge)): TextPair[] {
  return [["CHAP_A", `${algorithm}`], ["CHAP_I", "0x21"], ["CHAP_C", written]];
}

for (const code of [5, 6, 7, 8]) {
  for (const written of [encodeBinary(challenge), base64(challenge)]) {
    Deno.test(`next() answers algorithm ${code} and challenge ${written.slice(0, 2)} as RFC 1994 wants it`, () => {
      const authentication = new Authentication(alice, testPrimitives());
      assertEquals([authentication.offer, authentication.leaving], ["CHAP,None", false]);
      assertEquals(authentication.next(wantsChap), [["CHAP_A", "8,7,6,5"]]);
      assertEquals(authentication.leaving, false);
      const expected = answerTo({ algorithm: code, identifier: 0x21, challenge }, alice.secret);
      assertEquals(authentication.next(question(code, written)), [
        ["CHAP_N", "alice"],
        ["CHAP_R", encodeBinary(expected)],
      ]);
      assertEquals(authentication.leaving, true);
      assertEquals(authentication.next([]), []);
      authentication.finish();
    });
  }
}

/** Mutual CHAP as far as the initiator's question; gives its answer. */
function asked(): { authentication: Authentication; right: Uint8Array } {
  const authentication = new Authentication({ ...alice, mutual }, testPrimitives());
  assertEquals(authentication.offer, "CHAP");
  authentication.next(wantsChap);
  const pairs = authentication.next(question(7));
  const { identifier, challenge: ours } = askedBy(pairs);
  return { authentication, right: answerTo({ algorithm: 7, identifier, challenge: ours }, mutual.secret) };
}

Deno.test("next() believes a target that knows its secret", () => {
  const { authentication, right } = asked();
  assertThrows(() => authentication.finish(), AuthenticationError);
  assertEquals(authentication.next([["CHAP_N", "disk box"], ["CHAP_R", encodeBinary(right)]]), []);
  authentication.finish();
});

const proofs: readonly [name: string, answer: (right: Uint8Array) => TextPair[], message: string][] = [
  ["says nothing", () => [], "does not say who it is"],
  ["gives no name", (right) => [["CHAP_R", encodeBinary(right)]], "does not say who it is"],
  ["gives no response", () => [["CHAP_N", "disk box"]], "does not say who it is"],
  ["answers wrong", (right) => [["CHAP_N", "disk box"], ["CHAP_R", encodeBinary(right.map((b) => b ^ 1))]], "is wrong"],
  ["answers too little", (right) => [["CHAP_N", "disk box"], ["CHAP_R", encodeBinary(right.slice(1))]], "is wrong"],
  ["is another", (right) => [["CHAP_N", "a box"], ["CHAP_R", encodeBinary(right)]], `it is "a box", not "disk box"`],
];

for (const [name, answer, message] of proofs) {
  Deno.test(`next() does not believe a target that ${name}`, () => {
    const { authentication, right } = asked();
    assertThrows(() => authentication.next(answer(right)), AuthenticationError, message);
  });
}

const methods: readonly [chap: InitiatorChap | undefined, pairs: TextPair[], message: string][] = [
  [undefined, [["AuthMethod", "CHAP"]], "AuthMethod=CHAP"],
  [alice, [["AuthMethod", "KRB5"]], "AuthMethod=KRB5"],
  [alice, [["AuthMethod", "CHAP,None"]], "AuthMethod=CHAP,None"],
  [{ ...alice, mutual }, [["AuthMethod", "None"]], "AuthMethod=None"],
  [{ ...alice, mutual }, [], "AuthMethod=None"],
];

for (const [chap, pairs, message] of methods) {
  Deno.test(`next() refuses ${message} of ${JSON.stringify(pairs)} when it offers ${new Authentication(chap).offer}`, () => {
    assertThrows(() => new Authentication(chap).next(pairs), AuthenticationError, message);
  });
}

const questions: readonly [pairs: TextPair[], message: string][] = [
  [[], "algorithm nothing"],
  [question(9), "algorithm 9"],
  [[["CHAP_A", "5"], ["CHAP_I", "256"], ["CHAP_C", "0x00"]], "CHAP_I"],
  [[["CHAP_A", "5"], ["CHAP_C", "0x00"]], "CHAP_I"],
  [[["CHAP_A", "5"], ["CHAP_I", "1"]], "CHAP_C"],
  [[["CHAP_A", "5"], ["CHAP_I", "1"], ["CHAP_C", "0x"]], "CHAP_C"],
  [[["CHAP_A", "5"], ["CHAP_I", "1"], ["CHAP_C", `0x${"00".repeat(1025)}`]], "CHAP_C"],
];

for (const [pairs, message] of questions) {
  Deno.test(`next() refuses the question ${JSON.stringify(pairs).slice(0, 60)}`, () => {
    const authentication = new Authentication(alice);
    authentication.next(wantsChap);
    assertThrows(() => authentication.next(pairs), AuthenticationError, message);
  });
}

Deno.test("next() offers only the algorithms that were named, in their order, and takes no other", () => {
  const authentication = new Authentication({ ...alice, algorithms: ["SHA1", "SHA256"] });
  assertEquals(authentication.next(wantsChap), [["CHAP_A", "6,7"]]);
  assertThrows(() => authentication.next(question(5)), AuthenticationError, "algorithm 5");
});

const impossible: readonly [chap: InitiatorChap, message: string][] = [
  [{ user: "", secret: "a good secret" }, "0 bytes"],
  [{ user: "é".repeat(128), secret: "a good secret" }, "256 bytes"],
  [{ user: "alice", secret: "" }, "empty secret"],
  [{ ...alice, mutual: { user: "disk box", secret: "" } }, "empty secret"],
  [{ ...alice, mutual: { user: "disk box", secret: new TextEncoder().encode(alice.secret) } }, "the initiator's"],
];

for (const [chap, message] of impossible) {
  Deno.test(`an Authentication cannot be made when there is "${message}"`, () => {
    const error = assertThrows(() => new Authentication(chap), TypeError, message);
    assertEquals(error.message.includes("good secret"), false);
  });
}

const account: ChapAccount = { ...alice, mutual };

for (const algorithm of ["MD5", "SHA1", "SHA256", "SHA3-256"]) {
  Deno.test(`our server and our initiator prove to each other who they are by ${algorithm}`, async () => {
    await withServer({ chap: { discovery: [account], algorithms: [algorithm] } }, [account], async (port) => {
      const at = { hostname: "127.0.0.1", port };
      const [target] = await discover({ ...at, chap: { ...alice, mutual } });
      assertEquals(target?.name, name);
      const digests = { header: true, data: true };
      const session = { initiatorName, targetName: name, digests, chap: { ...alice, mutual } };
      await using initiator = await Initiator.login(await connect(at), session);
      const { headerDigest, dataDigest } = initiator.parameters;
      assertEquals([headerDigest, dataDigest], [true, true]);
      assertEquals(await initiator.ping(Uint8Array.of(1, 2, 3)), Uint8Array.of(1, 2, 3));
    });
  });
}

const refused: readonly [name: string, chap: InitiatorChap | undefined, error: new (...args: never[]) => Error][] = [
  ["no secret", undefined, LoginRefusedError],
  ["a wrong secret", { ...alice, secret: "a wrong secret" }, LoginRefusedError],
  ["another user", { ...alice, user: "mallory" }, LoginRefusedError],
  ["another secret for the server", { ...alice, mutual: { ...mutual, secret: "no such secret" } }, AuthenticationError],
];

for (const [what, chap, kind] of refused) {
  Deno.test(`discover() fails at our own server when there is ${what}`, async () => {
    await withServer({ chap: { discovery: [account] } }, [account], async (port) => {
      const at = { hostname: "127.0.0.1", port };
      const error = await assertRejects(() => discover({ ...at, ...(chap === undefined ? {} : { chap }) }));
      assertInstanceOf(error, kind);
      if (error instanceof LoginRefusedError) assertEquals(error.status, 0x0201);
    });
  });
}

const name = "iqn.2001-04.com.example:ram";
const initiatorName = "iqn.2001-04.com.example:initiator";

async function withServer(
  options: Partial<ServerOptions>,
  chap: readonly ChapAccount[],
  story: (port: number) => Promise<void>,
): Promise<void> {
  const server = new Server({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    targets: [{ name, chap, luns: [{ lun: 0, store: new MemoryStore(1 << 20) }] }],
    ...options,
  });
  await server.start();
  try {
    await story(server.portals[0]?.port ?? 0);
  } finally {
    await server.stop();
  }
}
