import { assertEquals } from "@std/assert";
import { answerSendTargets, type DiscoveryHost } from "../../lib/iscsi/discovery.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { INITIATOR, TARGET } from "../support/login_steps.ts";

const OTHER = "iqn.2024-01.org.lunbox:tape";
const records = [
  { name: TARGET, addresses: ["192.0.2.1:3260,1", "[2001:db8::1]:3260,1"] },
  { name: OTHER, addresses: ["192.0.2.1:3260,1"] },
];
const host: DiscoveryHost = {
  sendTargets: (_, name) => records.filter((record) => name === undefined || record.name === name),
};
const disk: TextPair[] = [
  ["TargetName", TARGET],
  ["TargetAddress", "192.0.2.1:3260,1"],
  ["TargetAddress", "[2001:db8::1]:3260,1"],
];
const tape: TextPair[] = [["TargetName", OTHER], ["TargetAddress", "192.0.2.1:3260,1"]];
const reject: TextPair[] = [["SendTargets", "Reject"]];

const rows: readonly { session: "discovery" | "normal"; value: string; answer: TextPair[] }[] = [
  { session: "discovery", value: "All", answer: [...disk, ...tape] },
  { session: "discovery", value: TARGET, answer: disk },
  { session: "discovery", value: OTHER.toUpperCase(), answer: tape },
  { session: "discovery", value: "iqn.2024-01.org.lunbox:none", answer: [] },
  { session: "discovery", value: "", answer: reject },
  { session: "discovery", value: "all", answer: reject },
  { session: "discovery", value: "disk", answer: reject },
  { session: "normal", value: "", answer: disk },
  { session: "normal", value: TARGET, answer: disk },
  { session: "normal", value: OTHER, answer: reject },
  { session: "normal", value: "All", answer: reject },
];

for (const { session, value, answer } of rows) {
  Deno.test(`answerSendTargets() answers SendTargets=${value} in a ${session} session`, () => {
    const asker = session === "normal"
      ? { initiatorName: INITIATOR, targetName: TARGET }
      : { initiatorName: INITIATOR };
    assertEquals(answerSendTargets(value, asker, host), answer);
  });
}

Deno.test("answerSendTargets() tells the host who asks", () => {
  const askers: string[] = [];
  answerSendTargets("All", { initiatorName: INITIATOR }, {
    sendTargets(initiatorName) {
      askers.push(initiatorName);
      return [];
    },
  });
  assertEquals(askers, [INITIATOR]);
});
