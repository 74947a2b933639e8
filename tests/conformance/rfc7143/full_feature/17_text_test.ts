/**
 * Text Requests in full feature phase (RFC 7143 §6.2, §6.4, §11.10, §13.12).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { rejectReason } from "../../../../lib/iscsi/constants.ts";
import { bhs, reject, textRequest, textResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import type { LogIn } from "../../../support/protocol_peer.ts";
import { TARGET } from "../../../support/protocol_harness.ts";
import { itemStory } from "../../../support/certification.ts";
import { bytes, discovery, longestSegment, normal } from "../../../support/text_story.ts";

const asks = [
  { login: discovery, items: ["FFP 17.1.1", "FFP 17.2.1"] },
  { login: normal, items: ["FFP 17.2.2"] },
] as const;

for (const { login, items } of asks) {
  itemStory(items, `A Text Request that is not final is not answered by a final one (${name(login)})`, (house) => {
    const peer = house.session(login);
    const tag = peer.send(textRequest, { final: false }, bytes(`SendTargets=${TARGET}\0`));
    const [first, pairs] = peer.expectText(textResponse);
    assertEquals([first.final, first.initiatorTaskTag, pairs.length], [false, tag, 2]);
    assert(first.targetTransferTag !== 0xffffffff);
    peer.send(textRequest, { initiatorTaskTag: tag, targetTransferTag: first.targetTransferTag });
    const last = peer.expect(textResponse);
    assertEquals([last.final, last.targetTransferTag, last.data.length], [true, 0xffffffff, 0]);
  });
}

itemStory(
  ["FFP 17.1.2"],
  "MaxRecvDataSegmentLength may be declared anew, and counts when the exchange has ended",
  (house) => {
    const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
    const tag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
    const [first, pairs] = peer.expectText(textResponse);
    assertEquals(pairs, [["MaxRecvDataSegmentLength", "262144"]]);
    assertEquals(longestSegment(peer), 4096);
    peer.send(textRequest, { initiatorTaskTag: tag, targetTransferTag: first.targetTransferTag });
    assertEquals(peer.expect(textResponse).targetTransferTag, 0xffffffff);
    assertEquals(longestSegment(peer), 1024);
  },
);

itemStory(["FFP 17.7.1"], "What was said before an exchange began anew is void", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  const tag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  peer.expect(textResponse);
  peer.send(textRequest, { initiatorTaskTag: tag }, bytes("InitiatorAlias=me\0"));
  const response = peer.expect(textResponse);
  assertEquals([response.final, response.data.length], [true, 0]);
  assertEquals(longestSegment(peer), 4096);
});

itemStory(["FFP 17.7.3"], "A value that is not allowed is refused, and a good one then counts", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "511"]]).get("MaxRecvDataSegmentLength"), "Reject");
  assertEquals(longestSegment(peer), 4096);
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "2048"]]).get("MaxRecvDataSegmentLength"), "262144");
  assertEquals(longestSegment(peer), 2048);
});

itemStory(["FFP 17.4.1"], "MaxRecvDataSegmentLength is declared in a discovery session too", (house) => {
  const peer = house.session(discovery);
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "512"]]).get("MaxRecvDataSegmentLength"), "262144");
});

/** Texts that break the rules: what is sent, in how many steps, and the reason of the Reject. */
const wrong = [
  { name: "the same key twice", text: "MaxRecvDataSegmentLength=512\0MaxRecvDataSegmentLength=1024\0" },
  { name: "a key without a value", text: "MaxRecvDataSegmentLength\0" },
  { name: "a key that belongs to the login", text: "MaxBurstLength=512\0" },
  { name: "an answer to no offer", text: "MaxConnections=NotUnderstood\0" },
  { name: "a key that is too long", text: `X-${"a".repeat(80)}=1\0` },
  { name: "a name of its own", text: "InitiatorName=iqn.2026-01.org.example:new\0" },
  { name: "an authentication method", text: "AuthMethod=None\0" },
];

for (const { name, text } of wrong) {
  itemStory(["FFP 17.6"], `A Text Request with ${name} is rejected, and the next one is not`, (house) => {
    const peer = house.session();
    const sent = peer.pdu(textRequest, {}, bytes(text));
    peer.deliver(sent);
    const answer = peer.expect(reject);
    assertEquals([answer.reason, answer.data], [rejectReason.protocolError, sent.slice(0, bhs.size)]);
    assertEquals(peer.text([["MaxRecvDataSegmentLength", "1024"]]).get("MaxRecvDataSegmentLength"), "262144");
  });
}

itemStory(["FFP 17.5"], "A second exchange while one is open is rejected, and both are void", (house) => {
  const peer = house.session();
  peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  peer.expect(textResponse);
  peer.send(textRequest, {}, bytes("SendTargets=\0"));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  assertEquals(peer.text([["SendTargets", ""]]).get("TargetName"), TARGET);
});

itemStory(["FFP 17.6"], "A key that is declared twice over two steps is rejected", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  const tag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  const { targetTransferTag } = peer.expect(textResponse);
  peer.send(textRequest, { initiatorTaskTag: tag, targetTransferTag }, bytes("MaxRecvDataSegmentLength=1024\0"));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  assertEquals(longestSegment(peer), 4096);
});

function name({ keys }: LogIn): string {
  return keys?.SessionType ?? "Normal";
}

itemStory(["FFP 17.7.2"], "An exchange that is left open for two minutes changes nothing", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  const initiatorTaskTag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  assertEquals(peer.expect(textResponse).final, false);
  for (let second = 0; second < 120; second++) house.pass(1000);
  for (let ping = peer.next(); ping !== undefined; ping = peer.next()) assertEquals(ping.name, "nopIn");
  assertEquals(longestSegment(peer), 4096);
  assertEquals(
    peer.text([["MaxRecvDataSegmentLength", "2048"]], { initiatorTaskTag }).get("MaxRecvDataSegmentLength"),
    "262144",
  );
  assertEquals(longestSegment(peer), 2048);
});
