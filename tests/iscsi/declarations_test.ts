import { assertEquals, assertThrows } from "@std/assert";
import { Declarations, MAX_KEYS, type TextPhase } from "../../lib/iscsi/declarations.ts";
import { NegotiationError } from "../../lib/iscsi/negotiation.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";

Deno.test("sort() parts the keys of a text by who deals with them", () => {
  const sorted = new Declarations().sort([["InitiatorName", "iqn"], ["AuthMethod", "None"], ["X-a", "1"]], "security");
  assertEquals([...sorted.declared], [["InitiatorName", "iqn"]]);
  assertEquals(sorted.security, [["AuthMethod", "None"]]);
  assertEquals(sorted.negotiated, [["X-a", "1"]]);
  assertEquals(sorted.queries, []);
});

Deno.test("sort() gives SendTargets and MaxRecvDataSegmentLength their place after login", () => {
  const pairs: TextPair[] = [["SendTargets", "All"], ["MaxRecvDataSegmentLength", "1024"]];
  const { queries, negotiated } = new Declarations().sort(pairs, "fullFeature");
  assertEquals([queries, negotiated], [[["SendTargets", "All"]], [["MaxRecvDataSegmentLength", "1024"]]]);
});

const misplaced: readonly { key: string; phase: TextPhase; message: string }[] = [
  { key: "HeaderDigest", phase: "security", message: "not in the security stage" },
  { key: "MaxRecvDataSegmentLength", phase: "security", message: "not in the security stage" },
  { key: "AuthMethod", phase: "operational", message: "not in the operational stage" },
  { key: "CHAP_A", phase: "operational", message: "not in the operational stage" },
  { key: "SendTargets", phase: "security", message: "not in the security stage" },
  { key: "SendTargets", phase: "operational", message: "not in the operational stage" },
  { key: "HeaderDigest", phase: "fullFeature", message: "not in full feature phase" },
  { key: "MaxBurstLength", phase: "fullFeature", message: "not in full feature phase" },
  { key: "InitiatorName", phase: "fullFeature", message: "not in full feature phase" },
  { key: "TargetPortalGroupTag", phase: "security", message: "only a target sends it" },
  { key: "TargetAlias", phase: "fullFeature", message: "only a target sends it" },
  { key: "TargetAddress", phase: "operational", message: "only a target sends it" },
];

for (const { key, phase, message } of misplaced) {
  Deno.test(`sort() refuses ${key} in the phase ${phase}`, () => {
    assertThrows(() => new Declarations().sort([[key, "1"]], phase), NegotiationError, message);
  });
}

Deno.test("sort() refuses a key that comes twice, in one text or in two, known or not", () => {
  for (const key of ["MaxBurstLength", "X-a"]) {
    const pair: TextPair = [key, "1024"];
    assertThrows(() => new Declarations().sort([pair, pair], "operational"), NegotiationError, "declared before");
    const declarations = new Declarations();
    declarations.sort([pair], "operational");
    assertThrows(() => declarations.sort([pair], "operational"), NegotiationError, "declared before");
  }
});

Deno.test("sort() passes over a refusal of what we have volunteered, and takes the key itself later", () => {
  const declarations = new Declarations();
  declarations.volunteer([["MaxRecvDataSegmentLength", "262144"], ["TargetPortalGroupTag", "1"]]);
  const first = declarations.sort([["TargetPortalGroupTag", "NotUnderstood"]], "operational");
  assertEquals(first.negotiated, []);
  declarations.sort([["MaxRecvDataSegmentLength", "Irrelevant"]], "operational");
  const last = declarations.sort([["MaxRecvDataSegmentLength", "512"]], "operational");
  assertEquals(last.negotiated, [["MaxRecvDataSegmentLength", "512"]]);
});

Deno.test("sort() refuses answers to what we have not asked", () => {
  for (const value of ["Reject", "Irrelevant", "NotUnderstood"]) {
    for (const key of ["HeaderDigest", "X-a"]) {
      assertThrows(() => new Declarations().sort([[key, value]], "operational"), NegotiationError, "answers nothing");
    }
  }
});

Deno.test("sort() refuses values beyond 255 bytes, but not those of authentication methods", () => {
  const sort = (key: string, length: number, phase: TextPhase) =>
    new Declarations().sort([[key, "x".repeat(length)]], phase);
  assertEquals(sort("InitiatorAlias", 255, "security").declared.size, 1);
  assertThrows(() => sort("InitiatorAlias", 256, "security"), NegotiationError, "longer than 255 bytes");
  assertEquals(sort("CHAP_C", 2050, "security").security.length, 1);
});

Deno.test("sort() refuses keys without end", () => {
  const declarations = new Declarations();
  for (let i = 0; i < MAX_KEYS; i++) declarations.sort([[`X-${i}`, "1"]], "fullFeature");
  assertThrows(() => declarations.sort([["X-more", "1"]], "fullFeature"), NegotiationError, "too many");
});
