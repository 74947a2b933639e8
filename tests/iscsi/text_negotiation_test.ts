import { assert, assertEquals, assertThrows } from "@std/assert";
import { rejectReason, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { RejectError } from "../../lib/iscsi/errors.ts";
import { defaultLocalParameters } from "../../lib/iscsi/parameters.ts";
import { encodeText, type TextPair } from "../../lib/iscsi/text.ts";
import { TextNegotiation, type TextOptions, type TextStep } from "../../lib/iscsi/text_negotiation.ts";
import { INITIATOR, pairsOf, TARGET, textHeader } from "../support/login_steps.ts";

type Flags = Parameters<typeof textHeader>[0];

/** The Text exchanges of a discovery session; with `targetName` of a normal one. */
function exchanges(options: Partial<TextOptions> = {}): TextNegotiation {
  return new TextNegotiation({
    host: { sendTargets: (_, name) => [{ name: name ?? TARGET, addresses: ["192.0.2.1:3260,1"] }] },
    local: defaultLocalParameters,
    initiatorName: INITIATOR,
    initiatorMaxRecvDataSegmentLength: 8192,
    ...options,
  });
}

function ask(text: TextNegotiation, flags: Flags, pairs: readonly TextPair[]): TextStep {
  return text.step(textHeader(flags), encodeText(pairs));
}

function reasonOf(text: TextNegotiation, flags: Flags, pairs: readonly TextPair[]): number {
  return assertThrows(() => ask(text, flags, pairs), RejectError).reason;
}

const all: readonly TextPair[] = [["SendTargets", "All"]];
const length = (bytes: number): TextPair[] => [["MaxRecvDataSegmentLength", String(bytes)]];

Deno.test("step() answers SendTargets=All in one response", () => {
  const text = exchanges();
  const answer = ask(text, {}, all);
  assertEquals([answer.final, answer.continued, answer.targetTransferTag], [true, false, RESERVED_TAG]);
  assertEquals(pairsOf(answer), [["TargetName", TARGET], ["TargetAddress", "192.0.2.1:3260,1"]]);
  assertEquals([text.open, answer.settled], [false, undefined]);
});

for (const targetName of [undefined, TARGET]) {
  Deno.test(`step() never ends what the initiator has not, in a ${targetName === undefined ? "discovery" : "normal"} session`, () => {
    const text = exchanges({ targetName });
    const answer = ask(text, { final: false }, [["SendTargets", TARGET]]);
    assertEquals([answer.final, answer.continued], [false, false]);
    assert(answer.targetTransferTag !== RESERVED_TAG);
    assertEquals(pairsOf(answer)[0], ["TargetName", TARGET]);
    const last = ask(text, { targetTransferTag: answer.targetTransferTag }, []);
    assertEquals([last.final, last.targetTransferTag, last.text.length], [true, RESERVED_TAG, 0]);
  });
}

Deno.test("step() cuts 70 targets into pieces that the initiator can receive", () => {
  const records = Array.from({ length: 70 }, (_, i) => ({ name: `${TARGET}-${i}`, addresses: ["192.0.2.1:3260,1"] }));
  const text = exchanges({ host: { sendTargets: () => records }, initiatorMaxRecvDataSegmentLength: 512 });
  let answer = ask(text, {}, all);
  const bytes = [...answer.text];
  while (!answer.final) {
    assertEquals([answer.continued, answer.text.length], [true, 512]);
    answer = ask(text, { targetTransferTag: answer.targetTransferTag }, []);
    bytes.push(...answer.text);
  }
  const pairs = pairsOf({ text: new Uint8Array(bytes) });
  assertEquals(pairs.filter(([key]) => key === "TargetName").map(([, name]) => name), records.map(({ name }) => name));
});

Deno.test("step() refuses text while pieces of the answer are left", () => {
  const text = exchanges({ initiatorMaxRecvDataSegmentLength: 16 });
  const { targetTransferTag } = ask(text, {}, all);
  assertEquals(reasonOf(text, { targetTransferTag }, [["X-a", "1"]]), rejectReason.protocolError);
});

Deno.test("step() joins continued text, cut at every byte", () => {
  const whole = encodeText([["X-com.example.key", "1"], ...length(4096)]);
  for (let cut = 0; cut <= whole.length; cut++) {
    const text = exchanges();
    const first = text.step(textHeader({ final: false, continued: true }), whole.subarray(0, cut));
    assertEquals([first.final, first.continued, first.text.length], [false, false, 0]);
    const last = text.step(textHeader({ targetTransferTag: first.targetTransferTag }), whole.subarray(cut));
    assertEquals(pairsOf(last), [["X-com.example.key", "NotUnderstood"], ["MaxRecvDataSegmentLength", "262144"]]);
    assertEquals(last.settled?.initiatorMaxRecvDataSegmentLength, 4096);
  }
});

Deno.test("step() lives with continued text that never comes", () => {
  const text = exchanges();
  const first = ask(text, { final: false, continued: true }, []);
  const next = ask(text, { final: false, continued: true, targetTransferTag: first.targetTransferTag }, []);
  assertEquals([next.final, next.text.length], [false, 0]);
  assertEquals(ask(text, { targetTransferTag: first.targetTransferTag }, []).final, true);
});

Deno.test("step() settles a segment length when the exchange ends, and uses it from the next on", () => {
  const text = exchanges({ targetName: TARGET });
  const first = ask(text, { final: false }, length(512));
  assertEquals([pairsOf(first), first.settled], [[["MaxRecvDataSegmentLength", "262144"]], undefined]);
  const last = ask(text, { targetTransferTag: first.targetTransferTag }, []);
  assertEquals(last.settled, { initiatorMaxRecvDataSegmentLength: 512, targetMaxRecvDataSegmentLength: 262144 });
  const long = Array.from({ length: 40 }, (_, i): TextPair => [`X-com.example.key-${i}`, "1"]);
  assertEquals(ask(text, {}, long).text.length, 512);
});

Deno.test("step() forgets what an unfinished exchange has said when a new one begins", () => {
  const text = exchanges();
  ask(text, { final: false }, length(512));
  assertEquals(ask(text, {}, []).settled, undefined);
});

Deno.test("step() takes no segment length that is out of range, and a good one afterwards", () => {
  const text = exchanges();
  const refused = ask(text, {}, length(511));
  assertEquals([pairsOf(refused), refused.settled], [[["MaxRecvDataSegmentLength", "Reject"]], undefined]);
  assertEquals(ask(text, {}, length(512)).settled?.initiatorMaxRecvDataSegmentLength, 512);
});

Deno.test("step() hears of a new alias", () => {
  assertEquals(ask(exchanges(), {}, [["InitiatorAlias", "desk"]]).settled, { initiatorAlias: "desk" });
});

Deno.test("step() says NotUnderstood to keys that it does not know", () => {
  assertEquals(pairsOf(ask(exchanges(), {}, [["X-a", "1"], ["Colour", "red"]])), [
    ["X-a", "NotUnderstood"],
    ["Colour", "NotUnderstood"],
  ]);
});

const refusals: readonly { what: string; flags?: Flags; pairs: readonly TextPair[]; reason: number }[] = [
  { what: "F and C together", flags: { final: true, continued: true }, pairs: length(512), reason: 0x04 },
  { what: "a tag of no exchange", flags: { targetTransferTag: 99 }, pairs: [], reason: 0x09 },
  { what: "a key twice", pairs: [...length(512), ...length(1024)], reason: 0x04 },
  { what: "a key of the login", pairs: [["MaxBurstLength", "512"]], reason: 0x04 },
  { what: "a digest", pairs: [["HeaderDigest", "None"]], reason: 0x04 },
  { what: "a key of the target", pairs: [["TargetAddress", "192.0.2.1"]], reason: 0x04 },
  { what: "an answer to no offer", pairs: [["X-a", "NotUnderstood"]], reason: 0x04 },
  { what: "a key of 64 bytes", pairs: [["K".repeat(64), "1"]], reason: 0x04 },
];

for (const { what, flags = {}, pairs, reason } of refusals) {
  Deno.test(`step() rejects ${what}, and serves the next exchange`, () => {
    const text = exchanges();
    assertEquals(reasonOf(text, flags, pairs), reason);
    assertEquals(text.open, false);
    assertEquals(ask(text, { initiatorTaskTag: 8 }, all).final, true);
  });
}

Deno.test("step() rejects a second exchange while one is under way", () => {
  const text = exchanges();
  ask(text, { final: false }, []);
  assertEquals(reasonOf(text, { initiatorTaskTag: 8 }, all), rejectReason.protocolError);
  assertEquals(ask(text, { initiatorTaskTag: 9 }, all).final, true);
});

Deno.test("step() rejects a tag that is not that of the exchange, and a key said again in it", () => {
  const text = exchanges();
  const first = ask(text, { final: false }, length(512));
  assertEquals(reasonOf(text, { targetTransferTag: first.targetTransferTag + 1 }, []), rejectReason.invalidPduField);
  const again = ask(text, { final: false }, length(512));
  assert(again.targetTransferTag !== first.targetTransferTag);
  assertEquals(reasonOf(text, { targetTransferTag: again.targetTransferTag }, length(512)), rejectReason.protocolError);
});

Deno.test("step() rejects more than 64 KiB of continued text", () => {
  const text = exchanges();
  let targetTransferTag: number = RESERVED_TAG;
  const more = () => text.step(textHeader({ final: false, continued: true, targetTransferTag }), new Uint8Array(32768));
  for (let i = 0; i < 2; i++) targetTransferTag = more().targetTransferTag;
  assertEquals(assertThrows(more, RejectError).reason, rejectReason.protocolError);
});
