/**
 * The login over the wire: the login phase items of the conformance list (RFC 7143 §6.3, §11.12, §11.13).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { serialDifference } from "../../lib/iscsi/command_window.ts";
import { loginStatus } from "../../lib/iscsi/constants.ts";
import { loginRequest, loginResponse, nopOut } from "../../lib/iscsi/pdu/mod.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { testUnitReady } from "../support/cdbs.ts";
import { INITIATOR, type LoginFields, names, operational, security, statusOf, step } from "../support/login_story.ts";
import { story, TARGET } from "../support/protocol_harness.ts";

story("A login in two steps echoes, counts and ends as it should", (house) => {
  const peer = house.connect();
  peer.cmdSn = 100;
  peer.expStatSn = 5000;
  const values = { tsih: 0, cid: 7, initiatorTaskTag: 0xabc };
  const [first, greeting] = step(peer, { ...values, ...security }, [...names, ["AuthMethod", "None"]]);
  assertEquals(greeting, [["TargetPortalGroupTag", "1"], ["AuthMethod", "None"]]);
  assertEquals([first.transit, first.continued, first.currentStage, first.nextStage], [true, false, 0, 1]);
  assertEquals([first.tsih, first.initiatorTaskTag, first.isid[5], first.immediate], [0, 0xabc, 1, false]);
  assertEquals([first.versionMax, first.versionActive, statusOf(first)], [0, 0, 0]);
  assertEquals([first.statSn, first.expCmdSn], [5000, 100]);
  assert(serialDifference(first.maxCmdSn, first.expCmdSn) >= -1);
  const [last, answers] = step(peer, { ...values, ...operational }, [["MaxBurstLength", "65536"]]);
  assertEquals(answers, [["MaxBurstLength", "65536"], ["MaxRecvDataSegmentLength", "262144"]]);
  assertEquals([last.transit, last.currentStage, last.nextStage, last.statSn], [true, 1, 3, 5001]);
  assertEquals([last.tsih > 0, last.expCmdSn, last.maxCmdSn], [true, 100, 227]);
  peer.command(testUnitReady);
  assertEquals(peer.ending().sense, "6/29/00");
});

/** Ways through the stages: flags of each step. */
const ways: readonly { name: string; steps: readonly LoginFields[] }[] = [
  { name: "operational only", steps: [operational] },
  { name: "security straight to full feature", steps: [{ currentStage: 0, nextStage: 3 }] },
  {
    name: "slowly",
    steps: [{ ...security, transit: false }, security, { ...operational, transit: false }, operational],
  },
  { name: "with empty requests", steps: [security, { ...operational, transit: false }, operational] },
];

for (const { name, steps } of ways) {
  story(`A login leads to full feature phase: ${name}`, (house) => {
    const peer = house.connect();
    for (const [place, flags] of steps.entries()) {
      const [answer] = step(peer, flags, place === 0 ? names : []);
      const transit = flags.transit ?? true;
      assertEquals([answer.transit, answer.nextStage], [transit, transit ? flags.nextStage as number : 0]);
      assertEquals(answer.tsih > 0, transit && flags.nextStage === 3);
    }
    peer.command(testUnitReady);
    assertEquals(peer.ending().sense, "6/29/00");
  });
}

story("FirstBurstLength is never above MaxBurstLength", (house) => {
  const peer = house.connect();
  const [, pairs] = step(peer, operational, [...names, ["FirstBurstLength", "65536"], ["MaxBurstLength", "4096"]]);
  assertEquals(new Map(pairs).get("FirstBurstLength"), "4096");
});

story("Keys that concern commands are irrelevant to a discovery session", (house) => {
  const peer = house.connect();
  const offered: TextPair[] = [["MaxConnections", "1"], ["InitialR2T", "No"], ["ImmediateData", "Yes"]];
  const pairs: TextPair[] = [["InitiatorName", INITIATOR], ["SessionType", "Discovery"], ...offered];
  const [answer, answers] = step(peer, operational, pairs);
  assertEquals(answer.tsih > 0, true);
  assertEquals(answers, [
    ...offered.map(([key]) => [key, "Irrelevant"] as const),
    ["MaxRecvDataSegmentLength", "262144"],
  ]);
});

story("Login text that is cut over several requests is understood as one", (house) => {
  const peer = house.connect();
  const text = new TextEncoder().encode(names.map(([key, value]) => `${key}=${value}\0`).join(""));
  const parts = [text.subarray(0, 10), text.subarray(10, 20), text.subarray(20)];
  for (const [place, part] of parts.entries()) {
    const last = place === 2;
    const flags = { ...operational, isid: new Uint8Array(6), transit: last, continued: !last };
    peer.deliver(peer.pdu(loginRequest, flags, part));
    const [answer, pairs] = peer.expectText(loginResponse);
    assertEquals([statusOf(answer), answer.transit, answer.continued], [0, last, false]);
    assertEquals(pairs.length, last ? 2 : 0);
  }
});

story("An answer that is longer than 8192 bytes is continued", (house) => {
  const peer = house.connect();
  step(peer, { ...operational, transit: false }, names);
  const keys = Array.from({ length: 600 }, (_, i): TextPair => [`X-example.key-${i}`, "1"]);
  const seen: TextPair[] = [];
  let [answer, pairs] = step(peer, { ...operational, transit: false }, keys.slice(0, 200));
  seen.push(...pairs);
  const half = [keys.slice(200, 400), keys.slice(400)].map((part) => part.map(([key]) => `${key}=1\0`).join(""));
  for (const [place, part] of half.entries()) {
    const flags = { ...operational, transit: false, continued: place === 0 };
    peer.deliver(peer.pdu(loginRequest, { ...flags, isid: defaultIsid }, new TextEncoder().encode(part)));
    answer = peer.expect(loginResponse);
    assertEquals(statusOf(answer), 0);
  }
  assertEquals([answer.continued, answer.transit], [true, false]);
  [answer] = step(peer, operational, []);
  assertEquals([answer.continued, answer.transit, seen.length], [false, true, 200]);
});

const defaultIsid = Uint8Array.of(0x80, 0x12, 0x34, 0x56, 0x00, 0x01);

story("A target with an alias tells it", (house) => {
  const peer = house.connect();
  const [, pairs] = step(peer, security, names);
  assertEquals(pairs, [["TargetPortalGroupTag", "1"], ["TargetAlias", "Story"]]);
}, { alias: "Story" });

for (const { name, layout } of [{ name: "NOP-Out", layout: nopOut }]) {
  story(`${name} before the login ends the connection without an answer`, (house) => {
    const peer = house.connect();
    peer.send(layout, { immediate: true });
    peer.expectEnd();
  });

  story(`${name} in the middle of the login ends the connection without an answer`, (house) => {
    const peer = house.connect();
    step(peer, security, names);
    peer.send(layout, { immediate: true });
    peer.expectEnd();
  });
}

story("A login in full feature phase ends the connection, and its session", (house) => {
  const peer = house.session();
  peer.deliver(peer.login(names));
  peer.expectEnd();
});

story("A login of very many requests is refused", (house) => {
  const peer = house.connect();
  step(peer, { ...operational, transit: false }, names);
  for (let requests = 0; requests < 1000; requests++) {
    const [answer] = step(peer, { ...operational, transit: false }, []);
    if (statusOf(answer) === loginStatus.initiatorError) return peer.expectEnd();
  }
  throw new Error("Cannot see the end of the login: 1000 requests were taken");
});

story("What comes after a login was refused is not answered", (house) => {
  const peer = house.connect();
  const bytes = [peer.login([["TargetName", TARGET]]), peer.login(names)];
  peer.deliver(Uint8Array.from(bytes.flatMap((each) => [...each])));
  assertEquals(statusOf(peer.expect(loginResponse)), 0x0207);
  peer.expectNothing();
});
