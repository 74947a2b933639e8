import { assert, assertEquals } from "@std/assert";
import { defaultInitiatorParameters, InitiatorNegotiation } from "../../lib/initiator/parameters.ts";
import { keyRow } from "../../lib/iscsi/keys.ts";
import { Negotiation } from "../../lib/iscsi/negotiation.ts";
import { defaultLocalParameters } from "../../lib/iscsi/parameters.ts";

Deno.test("offers() writes each value as its key wants it", () => {
  const parameters = {
    headerDigest: ["CRC32C", "None"],
    initialR2T: false,
    immediateData: true,
    maxBurstLength: 4096,
  } as const;
  assertEquals(new InitiatorNegotiation(parameters, false).offers(), [
    ["HeaderDigest", "CRC32C,None"],
    ["InitialR2T", "No"],
    ["ImmediateData", "Yes"],
    ["MaxBurstLength", "4096"],
  ]);
});

Deno.test("offers() leaves out what is irrelevant when the session is for discovery", () => {
  const offers = new InitiatorNegotiation(defaultInitiatorParameters, true).offers();
  for (const [name] of offers) {
    const row = keyRow(name);
    assert(row !== undefined && row.irrelevantWhen === undefined, name);
  }
  assert(offers.some(([name]) => name === "MaxRecvDataSegmentLength"));
});

Deno.test("agreed() has the values of the standard when the target says nothing", () => {
  const negotiation = new InitiatorNegotiation({}, false);
  assertEquals(negotiation.offers(), []);
  assertEquals(negotiation.agreed(), {
    headerDigest: false,
    dataDigest: false,
    initialR2T: true,
    immediateData: true,
    targetMaxRecvDataSegmentLength: 8192,
    maxRecvDataSegmentLength: 8192,
    maxBurstLength: 262144,
    firstBurstLength: 65536,
    errorRecoveryLevel: 0,
  });
});

Deno.test("agreed() is what our own target agrees to when they negotiate", () => {
  const ours = {
    ...defaultInitiatorParameters,
    headerDigest: ["CRC32C"],
    immediateData: false,
    maxBurstLength: 65536,
  } as const;
  const initiator = new InitiatorNegotiation(ours, false);
  const target = new Negotiation(defaultLocalParameters);
  assertEquals(initiator.take(target.answer(initiator.offers())), []);
  const agreed = initiator.agreed();
  assertEquals([agreed.headerDigest, agreed.dataDigest, agreed.immediateData], [true, false, false]);
  assertEquals([agreed.initialR2T, agreed.maxBurstLength, agreed.firstBurstLength], [true, 65536, 65536]);
});

Deno.test("take() answers an offer of the target, and only that", () => {
  const negotiation = new InitiatorNegotiation({ initialR2T: false }, false);
  negotiation.offers();
  const answers = negotiation.take([
    ["InitialR2T", "No"],
    ["TargetAlias", "disk"],
    ["MaxRecvDataSegmentLength", "512"],
    ["MaxBurstLength", "1024"],
    ["ErrorRecoveryLevel", "2"],
    ["X-speed", "9"],
  ]);
  assertEquals(answers, [["MaxBurstLength", "1024"], ["ErrorRecoveryLevel", "0"], ["X-speed", "NotUnderstood"]]);
  const { maxBurstLength, firstBurstLength, targetMaxRecvDataSegmentLength } = negotiation.agreed();
  assertEquals([maxBurstLength, firstBurstLength, targetMaxRecvDataSegmentLength], [1024, 1024, 512]);
  assertEquals([negotiation.value("TargetAlias"), negotiation.value("X-speed")], ["disk", undefined]);
});
