/**
 * SendTargets (RFC 7143 Appendix C).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { textRequest, textResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { decodeText } from "../../../../lib/iscsi/text.ts";
import { ADDRESS, type StoryOptions, TARGET } from "../../../support/protocol_harness.ts";
import { itemStory } from "../../../support/certification.ts";
import { bytes, discovery, normal, own } from "../../../support/text_story.ts";

const more: StoryOptions = {
  targets: [
    { name: "iqn.2026-01.org.lunbox:more" },
    { name: "iqn.2026-01.org.lunbox:closed", allow: ["iqn.2026-01.org.example:friend"] },
  ],
};

const others = [["TargetName", "iqn.2026-01.org.lunbox:more"], ["TargetAddress", `${ADDRESS},1`]] as const;

/** Forms of SendTargets and what they are answered with. */
const queries = [
  {
    items: ["FFP 17.3.1"],
    name: "All in a discovery session",
    login: discovery,
    value: "All",
    answer: [...own, ...others],
  },
  { items: ["FFP 17.3.5"], name: "a name in a discovery session", login: discovery, value: TARGET, answer: own },
  { items: [], name: "a name in capitals", login: discovery, value: TARGET.toUpperCase(), answer: own },
  {
    items: [],
    name: "an unknown name in a discovery session",
    login: discovery,
    value: "iqn.2026-01.org:none",
    answer: [],
  },
  { items: [], name: "a hidden name", login: discovery, value: "iqn.2026-01.org.lunbox:closed", answer: [] },
  {
    items: ["FFP 17.3.2"],
    name: "nothing in a discovery session",
    login: discovery,
    value: "",
    answer: [["SendTargets", "Reject"]],
  },
  {
    items: ["FFP 17.3.3"],
    name: "All in a normal session",
    login: normal,
    value: "All",
    answer: [["SendTargets", "Reject"]],
  },
  { items: ["FFP 17.3.4"], name: "nothing in a normal session", login: normal, value: "", answer: own },
  { items: ["FFP 17.3.5"], name: "its own name in a normal session", login: normal, value: TARGET, answer: own },
  {
    items: [],
    name: "another name",
    login: normal,
    value: "iqn.2026-01.org.lunbox:more",
    answer: [["SendTargets", "Reject"]],
  },
] as const;

for (const { items, name, login, value, answer } of queries) {
  for (const immediate of [true, false]) {
    itemStory(items, `SendTargets with ${name} is answered${immediate ? " at once" : ""}`, (house) => {
      const peer = house.session(login);
      const { expStatSn } = peer;
      const tag = peer.send(textRequest, { immediate }, bytes(`SendTargets=${value}\0`));
      const [response, pairs] = peer.expectText(textResponse);
      assertEquals(pairs, answer.map((pair) => [...pair]));
      assertEquals([response.final, response.continued, response.targetTransferTag], [true, false, 0xffffffff]);
      assertEquals([response.initiatorTaskTag, response.statSn], [tag, expStatSn]);
      assertEquals(response.data.length === 0 || response.data.at(-1) === 0, true);
    }, more);
  }
}

itemStory(["tgt 8115bab"], "An answer that is longer than a segment is continued, whole and in order", (house) => {
  const peer = house.session({ keys: { ...discovery.keys, MaxRecvDataSegmentLength: "512" } });
  const pieces: Uint8Array[] = [];
  const tag = peer.send(textRequest, {}, bytes("SendTargets=All\0"));
  let response = peer.expect(textResponse);
  for (; response.continued; response = peer.expect(textResponse)) {
    assertEquals([response.final, response.data.length], [false, 512]);
    pieces.push(response.data);
    peer.send(textRequest, { initiatorTaskTag: tag, targetTransferTag: response.targetTransferTag });
  }
  assertEquals([response.final, response.targetTransferTag], [true, 0xffffffff]);
  pieces.push(response.data);
  const pairs = decodeText(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
  assertEquals(pairs.filter(([key]) => key === "TargetName").length, 301);
  assertEquals(pairs.at(-2), ["TargetName", "iqn.2026-01.org.lunbox:number-299"]);
}, {
  targets: Array.from({ length: 300 }, (_, i) => ({ name: `iqn.2026-01.org.lunbox:number-${i}` })),
});
