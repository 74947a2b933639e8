/**
 * CHAP as initiators do it, request by request: which keys come together, where T is set, and what each of them takes for
 * an answer (RFC 7143 §12.1.3).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodeBinary } from "../../../lib/bytes/encoding.ts";
import type { TextPair } from "../../../lib/iscsi/text.ts";
import { itemStory } from "../../support/certification.ts";
import { answerTo, askedBy, base64 } from "../../support/chap.ts";
import { alice, OURS, SECRET } from "../../support/chap_login.ts";
import { names, operational, statusOf, step } from "../../support/login_story.ts";
import type { ItemId } from "../items/all.ts";

/** How an initiator goes about it. */
interface Manner {
  readonly name: string;
  readonly items: readonly ItemId[];
  readonly methods: string;
  readonly algorithms: string;
  /** T on each request, not only on the last one. */
  readonly hasty: boolean;
  readonly mutual: boolean;
  readonly write: (bytes: Uint8Array) => string;
  /** The algorithm that is chosen. */
  readonly chosen: number;
}

const upper = (bytes: Uint8Array): string => `0x${encodeBinary(bytes).slice(2).toUpperCase()}`;

const manners: readonly Manner[] = [
  {
    name: "Windows",
    items: ["WIN 15", "WIN 7"],
    ...{ methods: "CHAP", algorithms: "5", hasty: false, mutual: false, write: encodeBinary, chosen: 5 },
  },
  {
    name: "Windows, in base64 and mutual",
    items: ["WIN 15", "WIN 16", "WIN 8"],
    ...{ methods: "CHAP", algorithms: "5", hasty: false, mutual: true, write: base64, chosen: 5 },
  },
  {
    name: "UEFI",
    items: ["EFI 3"],
    ...{ methods: "CHAP", algorithms: "7,5", hasty: false, mutual: true, write: upper, chosen: 7 },
  },
  {
    name: "UEFI, one-way",
    items: ["EFI 3"],
    ...{ methods: "CHAP", algorithms: "7", hasty: false, mutual: false, write: upper, chosen: 7 },
  },
  {
    name: "iPXE",
    items: ["PXE 1"],
    ...{ methods: "CHAP,None", algorithms: "5", hasty: true, mutual: false, write: encodeBinary, chosen: 5 },
  },
  {
    name: "iPXE, mutual",
    items: ["PXE 1"],
    ...{ methods: "CHAP", algorithms: "5", hasty: true, mutual: true, write: encodeBinary, chosen: 5 },
  },
  {
    name: "FreeBSD",
    items: ["BSD 9"],
    ...{ methods: "None,CHAP", algorithms: "5", hasty: true, mutual: false, write: encodeBinary, chosen: 5 },
  },
  {
    name: "FreeBSD, mutual",
    items: ["BSD 9"],
    ...{ methods: "CHAP", algorithms: "5", hasty: true, mutual: true, write: encodeBinary, chosen: 5 },
  },
  {
    name: "open-iscsi",
    items: ["OIS 1"],
    ...{ methods: "CHAP,None", algorithms: "8,7,6,5", hasty: false, mutual: true, write: encodeBinary, chosen: 8 },
  },
];

for (const { name, items, methods, algorithms, hasty, mutual, write, chosen } of manners) {
  itemStory(items, `${name} comes in by CHAP and knows in the last answer that it is`, (house) => {
    const peer = house.connect();
    const asking = { currentStage: 0, nextStage: hasty ? 1 : 0, transit: hasty };
    const [first, method] = step(peer, asking, [...names, ["AuthMethod", methods]]);
    assertEquals(method, [["TargetPortalGroupTag", "1"], ["AuthMethod", "CHAP"]]);
    const [second, question] = step(peer, asking, [["CHAP_A", algorithms]]);
    assertEquals(question.map(([key]) => key), ["CHAP_A", "CHAP_I", "CHAP_C"]);
    for (const answer of [first, second]) {
      assertEquals([statusOf(answer), answer.transit, answer.currentStage, answer.nextStage], [0, false, 0, 0]);
    }
    const asked = askedBy(question);
    assertEquals(asked.algorithm, chosen);
    assert(/^0x[0-9a-f]+$/.test(new Map(question).get("CHAP_C") ?? ""));
    const mine = { algorithm: chosen, identifier: 200, challenge: new Uint8Array(16).fill(0xa7) };
    const response: TextPair[] = [["CHAP_N", "alice"], ["CHAP_R", write(answerTo(asked, SECRET))]];
    const back: TextPair[] = mutual ? [["CHAP_I", "200"], ["CHAP_C", write(mine.challenge)]] : [];
    const [third, proof] = step(peer, { currentStage: 0, nextStage: 1, transit: true }, [...response, ...back]);
    assertEquals([statusOf(third), third.transit, third.nextStage, third.tsih], [0, true, 1, 0]);
    assertEquals(proof, mutual ? [["CHAP_N", "lunbox"], ["CHAP_R", encodeBinary(answerTo(mine, OURS))]] : []);
    const [last] = step(peer, operational, [["InitialR2T", "Yes"]]);
    assertEquals([statusOf(last), last.transit, last.tsih > 0], [0, true, true]);
    assertEquals([first.statSn, second.statSn, third.statSn, last.statSn], [0, 1, 2, 3]);
  }, { chap: [alice] });
}
