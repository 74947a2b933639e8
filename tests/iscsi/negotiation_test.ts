import { assertEquals, assertThrows } from "@std/assert";
import { Negotiation, NegotiationError, type NegotiationOptions } from "../../lib/iscsi/negotiation.ts";
import { defaultLocalParameters, type LocalParameters } from "../../lib/iscsi/parameters.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";

function negotiation(local: Partial<LocalParameters> = {}, options: NegotiationOptions = {}): Negotiation {
  return new Negotiation({ ...defaultLocalParameters, ...local }, options);
}

const answers: readonly { offer: TextPair; local?: Partial<LocalParameters>; answer: string }[] = [
  { offer: ["InitialR2T", "No"], local: { initialR2T: true }, answer: "Yes" },
  { offer: ["InitialR2T", "Yes"], local: { initialR2T: false }, answer: "Yes" },
  { offer: ["InitialR2T", "No"], local: { initialR2T: false }, answer: "No" },
  { offer: ["InitialR2T", "yes"], answer: "Reject" },
  { offer: ["ImmediateData", "Yes"], answer: "Yes" },
  { offer: ["ImmediateData", "No"], answer: "No" },
  { offer: ["ImmediateData", "Yes"], local: { immediateData: false }, answer: "No" },
  { offer: ["ImmediateData", "Maybe"], answer: "Reject" },
  { offer: ["ImmediateData", ""], answer: "Reject" },
  { offer: ["MaxConnections", "32"], answer: "4" },
  { offer: ["MaxConnections", "32"], local: { maxConnections: 1 }, answer: "1" },
  { offer: ["MaxConnections", "0"], answer: "Reject" },
  { offer: ["MaxConnections", "65536"], answer: "Reject" },
  { offer: ["MaxBurstLength", "16776192"], answer: "1048576" },
  { offer: ["MaxBurstLength", "512"], answer: "512" },
  { offer: ["MaxBurstLength", "511"], answer: "Reject" },
  { offer: ["MaxBurstLength", "16777216"], answer: "Reject" },
  { offer: ["MaxBurstLength", "0x10000"], answer: "65536" },
  { offer: ["MaxBurstLength", "-1"], answer: "Reject" },
  { offer: ["FirstBurstLength", "65536"], answer: "65536" },
  { offer: ["FirstBurstLength", "16777215"], answer: "262144" },
  { offer: ["DefaultTime2Wait", "2"], answer: "2" },
  { offer: ["DefaultTime2Wait", "0"], local: { defaultTime2Wait: 5 }, answer: "5" },
  { offer: ["DefaultTime2Wait", "3601"], answer: "Reject" },
  { offer: ["DefaultTime2Retain", "60"], answer: "20" },
  { offer: ["DefaultTime2Retain", "0"], answer: "0" },
  { offer: ["MaxOutstandingR2T", "1"], answer: "1" },
  { offer: ["MaxOutstandingR2T", "16"], answer: "8" },
  { offer: ["MaxOutstandingR2T", "0"], answer: "Reject" },
  { offer: ["DataPDUInOrder", "No"], answer: "Yes" },
  { offer: ["DataSequenceInOrder", "No"], answer: "Yes" },
  { offer: ["ErrorRecoveryLevel", "2"], answer: "0" },
  { offer: ["ErrorRecoveryLevel", "3"], answer: "Reject" },
  { offer: ["HeaderDigest", "None,CRC32C"], answer: "None" },
  { offer: ["HeaderDigest", "CRC32C,None"], answer: "CRC32C" },
  { offer: ["HeaderDigest", "CRC32C"], answer: "CRC32C" },
  { offer: ["HeaderDigest", "CRC32C,None"], local: { headerDigest: ["None"] }, answer: "None" },
  { offer: ["HeaderDigest", "CRC32C"], local: { headerDigest: ["None"] }, answer: "Reject" },
  { offer: ["DataDigest", "X-com.example.sum,CRC32C"], answer: "CRC32C" },
  { offer: ["DataDigest", "crc32c"], answer: "Reject" },
  { offer: ["MaxRecvDataSegmentLength", "65536"], answer: "262144" },
  { offer: ["MaxRecvDataSegmentLength", "511"], answer: "Reject" },
  { offer: ["MaxRecvDataSegmentLength", "16777216"], answer: "Reject" },
  { offer: ["iSCSIProtocolLevel", "3"], answer: "2" },
  { offer: ["iSCSIProtocolLevel", "0"], answer: "0" },
  { offer: ["TaskReporting", "FastAbort,RFC3720"], answer: "FastAbort" },
  { offer: ["TaskReporting", "X-Slow,ResponseFence"], answer: "ResponseFence" },
  { offer: ["TaskReporting", "X-Slow"], answer: "Reject" },
  { offer: ["IFMarker", "Yes"], answer: "No" },
  { offer: ["OFMarker", "No"], answer: "No" },
  { offer: ["IFMarkInt", "2048~8192"], answer: "Reject" },
  { offer: ["OFMarkInt", "2048"], answer: "Reject" },
  { offer: ["RDMAExtensions", "Yes"], answer: "NotUnderstood" },
  { offer: ["X-com.example.colour", "blue"], answer: "NotUnderstood" },
  { offer: ["Y-auth", "1"], answer: "NotUnderstood" },
  { offer: ["Z-digest", "1"], answer: "NotUnderstood" },
  { offer: ["K".repeat(63), "v"], answer: "NotUnderstood" },
];

for (const { offer, local, answer } of answers) {
  const own = local === undefined ? "" : ` when ours is ${JSON.stringify(local)}`;
  Deno.test(`answer() says ${answer} to ${offer.join("=")}${own}`, () => {
    assertEquals(negotiation(local).answer([offer]), [[offer[0], answer]]);
  });
}

const irrelevant: readonly TextPair[] = [
  ["MaxConnections", "1"],
  ["InitialR2T", "Yes"],
  ["ImmediateData", "Yes"],
  ["MaxBurstLength", "262144"],
  ["FirstBurstLength", "65536"],
  ["MaxOutstandingR2T", "1"],
  ["DataPDUInOrder", "Yes"],
  ["DataSequenceInOrder", "Yes"],
  ["TaskReporting", "RFC3720"],
  ["iSCSIProtocolLevel", "1"],
];

Deno.test("answer() says Irrelevant in a discovery session to what concerns commands", () => {
  const got = negotiation({}, { discovery: true }).answer(irrelevant);
  assertEquals(got, irrelevant.map(([name]) => [name, "Irrelevant"]));
});

Deno.test("answer() says Irrelevant on a further connection to what the session has settled", () => {
  const got = negotiation({}, { leading: false }).answer([...irrelevant, ["ErrorRecoveryLevel", "0"], [
    "HeaderDigest",
    "CRC32C",
  ]]);
  assertEquals(got.slice(0, -1), [...irrelevant, ["ErrorRecoveryLevel", ""] as const].map(([n]) => [n, "Irrelevant"]));
  assertEquals(got.at(-1), ["HeaderDigest", "CRC32C"]);
});

Deno.test("answer() keeps the order of the offers", () => {
  const got = negotiation().answer([["X-a", "1"], ["MaxBurstLength", "4096"], ["ErrorRecoveryLevel", "0"]]);
  assertEquals(got.map(([name]) => name), ["X-a", "MaxBurstLength", "ErrorRecoveryLevel"]);
});

const bursts: readonly { texts: readonly TextPair[][]; answers: readonly TextPair[][]; result: [number, number] }[] = [
  {
    texts: [[["FirstBurstLength", "65536"], ["MaxBurstLength", "4096"]]],
    answers: [[["FirstBurstLength", "4096"], ["MaxBurstLength", "4096"]]],
    result: [4096, 4096],
  },
  {
    texts: [[["MaxBurstLength", "4096"]], [["FirstBurstLength", "65536"]]],
    answers: [[["MaxBurstLength", "4096"]], [["FirstBurstLength", "4096"]]],
    result: [4096, 4096],
  },
  {
    texts: [[["FirstBurstLength", "65536"]], [["MaxBurstLength", "4096"]]],
    answers: [[["FirstBurstLength", "65536"]], [["MaxBurstLength", "Reject"]]],
    result: [65536, 262144],
  },
  { texts: [[["MaxBurstLength", "4096"]]], answers: [[["MaxBurstLength", "4096"]]], result: [4096, 4096] },
  { texts: [], answers: [], result: [65536, 262144] },
];

for (const { texts, answers, result } of bursts) {
  Deno.test(`answer() keeps FirstBurstLength within MaxBurstLength when offered ${JSON.stringify(texts)}`, () => {
    const talk = negotiation();
    assertEquals(texts.map((text) => talk.answer(text)), [...answers]);
    const { firstBurstLength, maxBurstLength } = talk.session();
    assertEquals([firstBurstLength, maxBurstLength], result);
  });
}

Deno.test("session() and connection() have the defaults of the RFC when nothing was offered", () => {
  const talk = negotiation();
  assertEquals(talk.session(), {
    maxConnections: 1,
    initialR2T: true,
    immediateData: true,
    maxBurstLength: 262144,
    firstBurstLength: 65536,
    defaultTime2Wait: 2,
    defaultTime2Retain: 20,
    maxOutstandingR2T: 1,
    dataPduInOrder: true,
    dataSequenceInOrder: true,
    errorRecoveryLevel: 0,
    iscsiProtocolLevel: 1,
    taskReporting: "RFC3720",
  });
  assertEquals(talk.connection(), {
    headerDigest: false,
    dataDigest: false,
    initiatorMaxRecvDataSegmentLength: 8192,
    targetMaxRecvDataSegmentLength: 8192,
  });
});

Deno.test("session() and connection() have what was agreed", () => {
  const talk = negotiation({ initialR2T: false, errorRecoveryLevel: 2, maxConnections: 8 });
  talk.answer([["InitialR2T", "No"], ["ErrorRecoveryLevel", "1"], ["MaxConnections", "4"], ["ImmediateData", "No"]]);
  talk.answer([["DataDigest", "CRC32C"], ["MaxRecvDataSegmentLength", "4096"]]);
  const { initialR2T, errorRecoveryLevel, maxConnections, immediateData } = talk.session();
  assertEquals([initialR2T, errorRecoveryLevel, maxConnections, immediateData], [false, 1, 4, false]);
  assertEquals(talk.connection(), {
    headerDigest: false,
    dataDigest: true,
    initiatorMaxRecvDataSegmentLength: 4096,
    targetMaxRecvDataSegmentLength: 262144,
  });
});

Deno.test("declare() says MaxRecvDataSegmentLength once, and a late offer of it gets no second answer", () => {
  const talk = negotiation();
  assertEquals(talk.declare(), [["MaxRecvDataSegmentLength", "262144"]]);
  assertEquals(talk.declare(), []);
  assertEquals(talk.answer([["MaxRecvDataSegmentLength", "1024"]]), []);
  assertEquals(talk.connection().initiatorMaxRecvDataSegmentLength, 1024);
});

Deno.test("connection() leaves both segment lengths alone when the initiator's was refused", () => {
  const talk = negotiation();
  talk.answer([["MaxRecvDataSegmentLength", "511"]]);
  assertEquals(talk.declare(), []);
  assertEquals(talk.settled("MaxRecvDataSegmentLength"), false);
  assertEquals(talk.connection().initiatorMaxRecvDataSegmentLength, 8192);
  assertEquals(talk.connection().targetMaxRecvDataSegmentLength, 8192);
});

Deno.test("answer() refuses keys that are not negotiated", () => {
  for (const name of ["SendTargets", "InitiatorName", "CHAP_A"]) {
    assertThrows(() => negotiation().answer([[name, "x"]]), NegotiationError, "not an operational parameter");
  }
});
