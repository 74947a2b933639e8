/**
 * The way through a login (RFC 7143 §6.3, §11.12, §11.13).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { serialDifference } from "../../../../lib/iscsi/command_window.ts";
import { nopOut } from "../../../../lib/iscsi/pdu/mod.ts";
import { testUnitReady } from "../../../support/cdbs.ts";
import { type LoginFields, names, operational, security, statusOf, step } from "../../../support/login_story.ts";
import { itemStory } from "../../../support/certification.ts";

itemStory(
  ["LOGIN 2", "LOGIN 3", "LOGIN 7", "LOGIN 8", "LOGIN 35", "LOGIN 36"],
  "A login in two steps echoes, counts and ends as it should",
  (house) => {
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
  },
);

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
  itemStory(["LOGIN 1", "LOGIN 2", "LOGIN 3", "LOGIN 6"], `A login leads to full feature phase: ${name}`, (house) => {
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

itemStory(["LOGIN 13"], "FirstBurstLength is never above MaxBurstLength", (house) => {
  const peer = house.connect();
  const [, pairs] = step(peer, operational, [...names, ["FirstBurstLength", "65536"], ["MaxBurstLength", "4096"]]);
  assertEquals(new Map(pairs).get("FirstBurstLength"), "4096");
});

itemStory(["LOGIN 37"], "A target with an alias tells it", (house) => {
  const peer = house.connect();
  const [, pairs] = step(peer, security, names);
  assertEquals(pairs, [["TargetPortalGroupTag", "1"], ["TargetAlias", "Story"]]);
}, { alias: "Story" });

for (const { name, layout } of [{ name: "NOP-Out", layout: nopOut }]) {
  itemStory(["LOGIN 16"], `${name} before the login ends the connection without an answer`, (house) => {
    const peer = house.connect();
    peer.send(layout, { immediate: true });
    peer.expectEnd();
  });

  itemStory(["LOGIN 16"], `${name} in the middle of the login ends the connection without an answer`, (house) => {
    const peer = house.connect();
    step(peer, security, names);
    peer.send(layout, { immediate: true });
    peer.expectEnd();
  });
}
