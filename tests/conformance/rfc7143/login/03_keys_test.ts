/**
 * What each key is answered with (RFC 7143 §6.2, §13).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import type { TextPair } from "../../../../lib/iscsi/text.ts";
import { names, operational, statusOf, step } from "../../../support/login_story.ts";
import { itemStory } from "../../../support/certification.ts";

/** Offers in the operational stage and their answers. */
const offers: readonly (readonly [items: readonly ItemId[], offer: TextPair, answer: string])[] = [
  [["LOGIN 11"], ["HeaderDigest", "X-foo,CRC32C,None"], "CRC32C"],
  [["LOGIN 11"], ["DataDigest", "None,CRC32C"], "None"],
  [["LOGIN 11"], ["HeaderDigest", "MD5"], "Reject"],
  [["LOGIN 18"], ["MaxConnections", "8"], "4"],
  [["LOGIN 23"], ["InitialR2T", "No"], "Yes"],
  [["LOGIN 14"], ["InitialR2T", "maybe"], "Reject"],
  [["LOGIN 24"], ["ImmediateData", "No"], "No"],
  [["LOGIN 24"], ["ImmediateData", "Yes"], "Yes"],
  [["LOGIN 25"], ["MaxRecvDataSegmentLength", "512"], "262144"],
  [["LOGIN 25"], ["MaxRecvDataSegmentLength", "16777215"], "262144"],
  [["LOGIN 25", "tgt 1.0.85 limits"], ["MaxRecvDataSegmentLength", "511"], "Reject"],
  [["LOGIN 25"], ["MaxRecvDataSegmentLength", "16777216"], "Reject"],
  [["LOGIN 26"], ["MaxBurstLength", "0x1000"], "4096"],
  [["LOGIN 26"], ["MaxBurstLength", "16776192"], "1048576"],
  [["LOGIN 27"], ["FirstBurstLength", "16777215"], "262144"],
  [["LOGIN 28"], ["DefaultTime2Wait", "5"], "5"],
  [["LOGIN 29"], ["DefaultTime2Retain", "60"], "20"],
  [["LOGIN 30"], ["MaxOutstandingR2T", "16"], "8"],
  [["LOGIN 30"], ["MaxOutstandingR2T", "0"], "Reject"],
  [["LOGIN 31"], ["DataPDUInOrder", "No"], "Yes"],
  [["LOGIN 32"], ["DataSequenceInOrder", "No"], "Yes"],
  [["LOGIN 33"], ["ErrorRecoveryLevel", "2"], "0"],
  [["LOGIN 33"], ["ErrorRecoveryLevel", "3"], "Reject"],
  [["LOGIN 22"], ["IFMarker", "Yes"], "No"],
  [["LOGIN 22"], ["OFMarker", "No"], "No"],
  [[], ["iSCSIProtocolLevel", "3"], "2"],
  [["LOGIN 15"], ["X-org.example.key", "1"], "NotUnderstood"],
  [["LOGIN 15"], ["Unknown", "1"], "NotUnderstood"],
];

for (const [items, [key, value], expected] of offers) {
  itemStory([...items, "LOGIN 9"], `${key}=${value} is answered with ${expected}`, (house) => {
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
