/**
 * Logins that are refused, and what each key is answered with over the wire: the login phase items of the conformance
 * list (RFC 7143 §11.13.5, §13).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { INITIATOR, type LoginFields, names, operational, security, statusOf, step } from "../support/login_story.ts";
import { story, type StoryOptions, TARGET } from "../support/protocol_harness.ts";

/** Logins that are refused: flags and text of each step, the status of the last answer. */
const refusals: readonly {
  name: string;
  status: number;
  steps: readonly (readonly [LoginFields, readonly TextPair[]])[];
  options?: StoryOptions;
}[] = [
  { name: "no InitiatorName", status: 0x0207, steps: [[operational, [["TargetName", TARGET]]]] },
  { name: "no TargetName", status: 0x0207, steps: [[operational, [["InitiatorName", INITIATOR]]]] },
  {
    name: "an empty TargetName",
    status: 0x0207,
    steps: [[operational, [["InitiatorName", INITIATOR], ["TargetName", ""]]]],
  },
  {
    name: "a name that is none",
    status: 0x0200,
    steps: [[operational, [["InitiatorName", "host"], ["TargetName", TARGET]]]],
  },
  {
    name: "an unknown target",
    status: 0x0203,
    steps: [[operational, [["InitiatorName", INITIATOR], ["TargetName", `${TARGET}2`]]]],
  },
  { name: "an unknown SessionType", status: 0x0209, steps: [[operational, [...names, ["SessionType", "Weird"]]]] },
  { name: "a method that we do not have", status: 0x0201, steps: [[security, [...names, ["AuthMethod", "KRB5,SRP"]]]] },
  {
    name: "an initiator that may not come in",
    status: 0x0202,
    steps: [[operational, names]],
    options: { allow: ["iqn.*:friend"] },
  },
  {
    name: "versions that we do not speak",
    status: 0x0205,
    steps: [[{ ...operational, versionMax: 2, versionMin: 1 }, names]],
  },
  { name: "a session that does not exist", status: 0x020a, steps: [[{ ...operational, tsih: 99 }, names]] },
  {
    name: "a key twice in one request",
    status: 0x0200,
    steps: [[operational, [...names, ["MaxBurstLength", "512"], ["MaxBurstLength", "512"]]]],
  },
  {
    name: "a key twice in two requests",
    status: 0x0200,
    steps: [[{ ...operational, transit: false }, [...names, ["InitialR2T", "Yes"]]], [operational, [[
      "InitialR2T",
      "Yes",
    ]]]],
  },
  { name: "SendTargets", status: 0x0200, steps: [[operational, [...names, ["SendTargets", "All"]]]] },
  { name: "an operational key too soon", status: 0x0200, steps: [[security, [...names, ["MaxBurstLength", "512"]]]] },
  { name: "a security key too late", status: 0x0200, steps: [[operational, [...names, ["AuthMethod", "None"]]]] },
  { name: "a key of targets", status: 0x0200, steps: [[operational, [...names, ["TargetPortalGroupTag", "1"]]]] },
  { name: "a way back", status: 0x0200, steps: [[{ currentStage: 1, nextStage: 0 }, names]] },
  { name: "a way to the same stage", status: 0x0200, steps: [[{ currentStage: 1, nextStage: 1 }, names]] },
  { name: "a stage that does not exist", status: 0x0200, steps: [[{ currentStage: 2, nextStage: 3 }, names]] },
  {
    name: "a stage that was not granted",
    status: 0x0200,
    steps: [[{ ...security, transit: false }, names], [operational, []]],
  },
  { name: "T and C together", status: 0x0200, steps: [[{ ...operational, continued: true }, names]] },
  {
    name: "another CID in the second request",
    status: 0x0200,
    steps: [[{ ...security, cid: 1 }, names], [{ ...operational, cid: 2 }, []]],
  },
  {
    name: "another ISID in the second request",
    status: 0x0200,
    steps: [[security, names], [{ ...operational, isid: new Uint8Array(6) }, []]],
  },
  {
    name: "another TSIH in the second request",
    status: 0x0200,
    steps: [[security, names], [{ ...operational, tsih: 5 }, []]],
  },
  {
    name: "a second InitiatorName",
    status: 0x0200,
    steps: [[security, names], [operational, [["InitiatorName", INITIATOR]]]],
  },
];

for (const { name, status, steps, options } of refusals) {
  story(`A login with ${name} is refused with ${status.toString(16).padStart(4, "0")}h`, (house) => {
    const peer = house.connect();
    for (const [place, [flags, pairs]] of steps.entries()) {
      const [answer] = step(peer, flags, pairs);
      const last = place === steps.length - 1;
      assertEquals(statusOf(answer), last ? status : 0);
      if (last) assertEquals([answer.transit, answer.continued, answer.tsih], [false, false, flags.tsih ?? 0]);
    }
    peer.expectEnd();
    assertEquals(peer.error, undefined);
    const [event] = peer.events;
    assert(event?.kind === "login refused" && event.status === status && event.message.startsWith("Cannot "));
  }, options);
}

/** Offers in the operational stage and their answers. */
const offers: readonly (readonly [offer: TextPair, answer: string])[] = [
  [["HeaderDigest", "X-foo,CRC32C,None"], "CRC32C"],
  [["DataDigest", "None,CRC32C"], "None"],
  [["HeaderDigest", "MD5"], "Reject"],
  [["MaxConnections", "8"], "4"],
  [["InitialR2T", "No"], "Yes"],
  [["InitialR2T", "maybe"], "Reject"],
  [["ImmediateData", "No"], "No"],
  [["ImmediateData", "Yes"], "Yes"],
  [["MaxRecvDataSegmentLength", "512"], "262144"],
  [["MaxRecvDataSegmentLength", "16777215"], "262144"],
  [["MaxRecvDataSegmentLength", "511"], "Reject"],
  [["MaxRecvDataSegmentLength", "16777216"], "Reject"],
  [["MaxBurstLength", "0x1000"], "4096"],
  [["MaxBurstLength", "16776192"], "1048576"],
  [["FirstBurstLength", "16777215"], "262144"],
  [["DefaultTime2Wait", "5"], "5"],
  [["DefaultTime2Retain", "60"], "20"],
  [["MaxOutstandingR2T", "16"], "8"],
  [["MaxOutstandingR2T", "0"], "Reject"],
  [["DataPDUInOrder", "No"], "Yes"],
  [["DataSequenceInOrder", "No"], "Yes"],
  [["ErrorRecoveryLevel", "2"], "0"],
  [["ErrorRecoveryLevel", "3"], "Reject"],
  [["IFMarker", "Yes"], "No"],
  [["OFMarker", "No"], "No"],
  [["iSCSIProtocolLevel", "3"], "2"],
  [["X-org.example.key", "1"], "NotUnderstood"],
  [["Unknown", "1"], "NotUnderstood"],
];

for (const [[key, value], expected] of offers) {
  story(`${key}=${value} is answered with ${expected}`, (house) => {
    const peer = house.connect();
    const [answer, pairs] = step(peer, operational, [...names, [key, value]]);
    assertEquals([statusOf(answer), answer.transit], [0, true]);
    assertEquals(pairs.filter(([name]) => name === key), [[key, expected]]);
    assertEquals(pairs.map(([name]) => name).filter((name) => name !== key), [
      "TargetPortalGroupTag",
      ...key === "MaxRecvDataSegmentLength" ? [] : ["MaxRecvDataSegmentLength"],
    ]);
  });
}
