/**
 * Text Requests in full feature phase: items 17.1.1 to 17.8.3 of the full feature phase list (RFC 7143 §6.2, §6.4,
 * §11.10, §13.3, Appendix C).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { bhs, dataIn, reject, textRequest, textResponse } from "../../lib/iscsi/pdu/mod.ts";
import { decodeText } from "../../lib/iscsi/text.ts";
import { read10 } from "../support/cdbs.ts";
import type { LogIn, Peer } from "../support/protocol_peer.ts";
import { ADDRESS, story, type StoryOptions, TARGET } from "../support/protocol_harness.ts";

const discovery: LogIn = { keys: { SessionType: "Discovery", TargetName: undefined } };
const normal: LogIn = {};
const own = [["TargetName", TARGET], ["TargetAddress", `${ADDRESS},1`]] as const;
const more: StoryOptions = {
  targets: [
    { name: "iqn.2026-01.org.lunbox:more" },
    { name: "iqn.2026-01.org.lunbox:closed", allow: ["iqn.2026-01.org.example:friend"] },
  ],
};
const others = [["TargetName", "iqn.2026-01.org.lunbox:more"], ["TargetAddress", `${ADDRESS},1`]] as const;

/** Forms of SendTargets and what they are answered with. */
const queries = [
  { name: "All in a discovery session", login: discovery, value: "All", answer: [...own, ...others] },
  { name: "a name in a discovery session", login: discovery, value: TARGET, answer: own },
  { name: "a name in capitals", login: discovery, value: TARGET.toUpperCase(), answer: own },
  { name: "an unknown name in a discovery session", login: discovery, value: "iqn.2026-01.org:none", answer: [] },
  { name: "a hidden name", login: discovery, value: "iqn.2026-01.org.lunbox:closed", answer: [] },
  { name: "nothing in a discovery session", login: discovery, value: "", answer: [["SendTargets", "Reject"]] },
  { name: "All in a normal session", login: normal, value: "All", answer: [["SendTargets", "Reject"]] },
  { name: "nothing in a normal session", login: normal, value: "", answer: own },
  { name: "its own name in a normal session", login: normal, value: TARGET, answer: own },
  { name: "another name", login: normal, value: "iqn.2026-01.org.lunbox:more", answer: [["SendTargets", "Reject"]] },
] as const;

for (const { name, login, value, answer } of queries) {
  for (const immediate of [true, false]) {
    story(`SendTargets with ${name} is answered${immediate ? " at once" : ""}`, (house) => {
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

for (const login of [discovery, normal]) {
  story(`A Text Request that is not final is not answered by a final one (${name(login)})`, (house) => {
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

story("An answer that is longer than a segment is continued, whole and in order", (house) => {
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

/** Reads and says the length of the longest segment of Data-In. */
function longestSegment(peer: Peer): number {
  peer.command(read10(0, 16), { read: 8192 });
  let longest = 0;
  for (let moved = 0; moved < 8192;) {
    const { data } = peer.expect(dataIn);
    longest = Math.max(longest, data.length);
    moved += data.length;
  }
  return longest;
}

story("MaxRecvDataSegmentLength may be declared anew, and counts when the exchange has ended", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  const tag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  const [first, pairs] = peer.expectText(textResponse);
  assertEquals(pairs, [["MaxRecvDataSegmentLength", "262144"]]);
  assertEquals(longestSegment(peer), 4096);
  peer.send(textRequest, { initiatorTaskTag: tag, targetTransferTag: first.targetTransferTag });
  assertEquals(peer.expect(textResponse).targetTransferTag, 0xffffffff);
  assertEquals(longestSegment(peer), 1024);
});

story("MaxRecvDataSegmentLength in one exchange of one step counts at once", (house) => {
  const peer = house.session();
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "512"]]).get("MaxRecvDataSegmentLength"), "262144");
  assertEquals(longestSegment(peer), 512);
});

story("What was said before an exchange began anew is void", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  const tag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  peer.expect(textResponse);
  peer.send(textRequest, { initiatorTaskTag: tag }, bytes("InitiatorAlias=me\0"));
  const response = peer.expect(textResponse);
  assertEquals([response.final, response.data.length], [true, 0]);
  assertEquals(longestSegment(peer), 4096);
});

story("A value that is not allowed is refused, and a good one then counts", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "511"]]).get("MaxRecvDataSegmentLength"), "Reject");
  assertEquals(longestSegment(peer), 4096);
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "2048"]]).get("MaxRecvDataSegmentLength"), "262144");
  assertEquals(longestSegment(peer), 2048);
});

story("MaxRecvDataSegmentLength is declared in a discovery session too", (house) => {
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
  story(`A Text Request with ${name} is rejected, and the next one is not`, (house) => {
    const peer = house.session();
    const sent = peer.pdu(textRequest, {}, bytes(text));
    peer.deliver(sent);
    const answer = peer.expect(reject);
    assertEquals([answer.reason, answer.data], [rejectReason.protocolError, sent.slice(0, bhs.size)]);
    assertEquals(peer.text([["MaxRecvDataSegmentLength", "1024"]]).get("MaxRecvDataSegmentLength"), "262144");
  });
}

story("A second exchange while one is open is rejected, and both are void", (house) => {
  const peer = house.session();
  peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  peer.expect(textResponse);
  peer.send(textRequest, {}, bytes("SendTargets=\0"));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  assertEquals(peer.text([["SendTargets", ""]]).get("TargetName"), TARGET);
});

story("A key that is declared twice over two steps is rejected", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  const tag = peer.send(textRequest, { final: false }, bytes("MaxRecvDataSegmentLength=1024\0"));
  const { targetTransferTag } = peer.expect(textResponse);
  peer.send(textRequest, { initiatorTaskTag: tag, targetTransferTag }, bytes("MaxRecvDataSegmentLength=1024\0"));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  assertEquals(longestSegment(peer), 4096);
});

/** Where text is cut in two. */
const cuts = [
  { name: "inside a key", parts: ["X-exa", "mple=1\0SendTargets=\0"] },
  { name: "inside a value", parts: ["X-example=1\0SendTargets=iqn.2026-", "01.org.lunbox:story\0"] },
  { name: "before the last NUL", parts: ["X-example=1\0SendTargets=", "\0"] },
  { name: "between pairs", parts: ["X-example=1\0", "SendTargets=\0"] },
  { name: "with a part that is empty", parts: ["X-example=1\0SendTargets=", "", "\0"] },
];

for (const { name, parts } of cuts) {
  story(`Text that is cut ${name} is understood`, (house) => {
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

story("A continued text that is called final is rejected, and its value is not used", (house) => {
  const peer = house.session({ keys: { MaxRecvDataSegmentLength: "4096" } });
  peer.send(textRequest, { continued: true }, bytes("MaxRecvDataSegmentLength=1024\0"));
  assertEquals(peer.rejected(), rejectReason.protocolError);
  assertEquals(longestSegment(peer), 4096);
});

story("Text without end is rejected before it fills the memory", (house) => {
  const peer = house.session();
  let targetTransferTag = 0xffffffff;
  for (let sent = 0; sent < 1 << 20; sent += 16384) {
    const values = { initiatorTaskTag: 42, targetTransferTag, final: false, continued: true };
    peer.send(textRequest, values, new Uint8Array(16384).fill(0x41));
    const answer = peer.next();
    if (answer?.name === "reject") return assert(sent <= 1 << 17);
    targetTransferTag = answer?.values.targetTransferTag as number;
  }
  throw new Error("Cannot see the end of the text: 1 MiB was taken");
});

function name({ keys }: LogIn): string {
  return keys?.SessionType ?? "Normal";
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
