/**
 * CHAP: responses (RFC 7143 §11.13.5, §12.1.3).
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "@std/assert";
import { encodeBinary } from "../../../../lib/bytes/encoding.ts";
import type { TextPair } from "../../../../lib/iscsi/text.ts";
import { itemStory, itemTest } from "../../../support/certification.ts";
import { answerTo, type Asked, askedBy, base64, credentials } from "../../../support/chap.ts";
import { alice, catalogue, challengedAt, OURS, SECRET, stay } from "../../../support/chap_login.ts";
import { names, operational, security, statusOf, step as ask } from "../../../support/login_story.ts";
import { step } from "../../../support/login_steps.ts";
import type { Peer } from "../../../support/protocol_peer.ts";
import type { ItemId } from "../../items/all.ts";

// R: what crashed other targets.
const responses: readonly (readonly [items: readonly ItemId[], what: string, response: string])[] = [
  [["CHAP R.1"], "the right length", `0x${"0".repeat(32)}`],
  [["CHAP R.2", "CVE-2018-14633"], "a digit more than the digest", `0x${"0".repeat(33)}`],
  [["CHAP R.2", "CVE-2018-14633"], "17 bytes more than the digest", `0x${"0".repeat(66)}`],
  [["LIO 2026-05"], "127 characters of base64", `0b${"Z".repeat(127)}`],
  [["LIO 2026-05"], "8000 characters of base64", `0b${"Z".repeat(8000)}`],
  [["CHAP R.3", "CHAP R.4"], "an odd digit less", `0x${"0".repeat(31)}`],
  [["CHAP R.3"], "no digits", "0x"],
  [[], "no prefix", "0".repeat(32)],
];

for (const [items, what, response] of responses) {
  itemTest(items, `CHAP_R with ${what} ends with 0201`, () => {
    const { login } = challengedAt(catalogue());
    assertEquals(step(login, stay, [["CHAP_N", "alice"], ["CHAP_R", response]]).status, 0x0201);
  });
}

/** The first two requests of a login with CHAP; the target's question. */
function asked(peer: Peer): Asked {
  const staying = { currentStage: 0, nextStage: 0, transit: false };
  const [, chosen] = ask(peer, staying, [...names, ["AuthMethod", "CHAP"]]);
  assertEquals(new Map(chosen).get("AuthMethod"), "CHAP");
  return askedBy(ask(peer, staying, [["CHAP_A", "5"]])[1]);
}

const mine = { algorithm: 5, identifier: 9, challenge: Uint8Array.of(3, 1, 4) };
const back: readonly TextPair[] = [["CHAP_I", "9"], ["CHAP_C", "0x030104"]];

itemStory(
  ["CHAP R.6", "CHAP N.1", "WIN 8", "WIN 16"],
  "The target answers a mutual challenge with its own secret",
  (house) => {
    const peer = house.connect();
    const [answer, pairs] = ask(peer, security, [...credentials(asked(peer), "alice", SECRET), ...back]);
    assertEquals([statusOf(answer), answer.transit], [0, true]);
    const keys = new Map(pairs);
    assertEquals(keys.get("CHAP_R"), encodeBinary(answerTo(mine, OURS)));
    assertNotEquals(keys.get("CHAP_R"), encodeBinary(answerTo(mine, SECRET)));
    assertEquals(keys.get("CHAP_N"), "lunbox");
    assertEquals(statusOf(ask(peer, operational, [])[0]), 0);
  },
  { chap: [alice] },
);

itemStory(["CHAP R.6"], "An initiator that doubts the target's answer and goes leaves no session behind", (house) => {
  const peer = house.connect();
  ask(peer, security, [...credentials(asked(peer), "alice", SECRET), ...back]);
  peer.end();
  assertEquals([...house.catalogue.sessions()], []);
}, { chap: [alice] });

for (const write of [encodeBinary, base64]) {
  itemStory(["WIN 15"], `CHAP_R as ${write(Uint8Array.of(0xab)).slice(0, 2)} is taken`, (house) => {
    const peer = house.connect();
    const question = asked(peer);
    const response: TextPair[] = [["CHAP_N", "alice"], ["CHAP_R", write(answerTo(question, SECRET))]];
    assertEquals(statusOf(ask(peer, security, response)[0]), 0);
  }, { chap: [alice] });
}

itemStory(["WIN 15", "CHAP R.1"], "A wrong CHAP_R is answered with 0201 before the connection ends", (house) => {
  const peer = house.connect();
  const wrong = credentials(asked(peer), "alice", "another secret");
  const [answer, pairs] = ask(peer, security, wrong);
  assertEquals([statusOf(answer), pairs, answer.transit], [0x0201, [], false]);
  peer.expectEnd();
  assertEquals(peer.error, undefined);
}, { chap: [alice] });
