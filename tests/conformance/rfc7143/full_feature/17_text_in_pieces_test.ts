/**
 * Text that is cut over several requests (RFC 7143 §6.2).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { textRequest, textResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { itemStory } from "../../../support/certification.ts";
import { bytes, longestSegment, own } from "../../../support/text_story.ts";

/** Where text is cut in two. */
const cuts = [
  { name: "inside a key", parts: ["X-exa", "mple=1\0SendTargets=\0"] },
  { name: "inside a value", parts: ["X-example=1\0SendTargets=iqn.2026-", "01.org.lunbox:story\0"] },
  { name: "before the last NUL", parts: ["X-example=1\0SendTargets=", "\0"] },
  { name: "between pairs", parts: ["X-example=1\0", "SendTargets=\0"] },
  { name: "with a part that is empty", parts: ["X-example=1\0SendTargets=", "", "\0"] },
];

for (const { name, parts } of cuts) {
  itemStory(["FFP 17.8.1", "FFP 17.8.3"], `Text that is cut ${name} is understood`, (house) => {
    const peer = house.session();
    let targetTransferTag = 0xffffffff;
    const initiatorTaskTag = 42;
    for (const [place, part] of parts.entries()) {
      const last = place === parts.length - 1;
      peer.send(textRequest, { initiatorTaskTag, targetTransferTag, final: last, continued: !last }, bytes(part));
      const [response, pairs] = peer.expectText(textResponse);
      assertEquals([response.final, response.continued], [last, false]);
      targetTransferTag = response.targetTransferTag;
      assertEquals(pairs, last ? [["X-example", "NotUnderstood"], ...own.map((pair) => [...pair] as const)] : []);
    }
  });
}

itemStory(["FFP 17.8.2"], "A continued text that is called final is rejected, and its value is not used", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  peer.send(textRequest, { continued: true }, bytes("MaxRecvDataSegmentLength=1024\0"));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  assertEquals(longestSegment(peer), 4096);
});
