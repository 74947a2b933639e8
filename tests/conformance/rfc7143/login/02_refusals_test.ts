/**
 * Logins that are refused (RFC 7143 §11.13.5).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assert, assertEquals } from "@std/assert";
import type { TextPair } from "../../../../lib/iscsi/text.ts";
import {
  INITIATOR,
  type LoginFields,
  names,
  operational,
  security,
  statusOf,
  step,
} from "../../../support/login_story.ts";
import { type StoryOptions, TARGET } from "../../../support/protocol_harness.ts";
import { itemStory } from "../../../support/certification.ts";

/** Logins that are refused: flags and text of each step, the status of the last answer. */
const refusals: readonly {
  items?: readonly ItemId[];
  name: string;
  status: number;
  steps: readonly (readonly [LoginFields, readonly TextPair[]])[];
  options?: StoryOptions;
}[] = [
  { items: ["LOGIN 19"], name: "no InitiatorName", status: 0x0207, steps: [[operational, [["TargetName", TARGET]]]] },
  {
    items: ["LOGIN 20"],
    name: "no TargetName",
    status: 0x0207,
    steps: [[operational, [["InitiatorName", INITIATOR]]]],
  },
  {
    items: ["LOGIN 20"],
    name: "an empty TargetName",
    status: 0x0207,
    steps: [[operational, [["InitiatorName", INITIATOR], ["TargetName", ""]]]],
  },
  {
    items: ["SCST e34a4e097"],
    name: "a name that is none",
    status: 0x0200,
    steps: [[operational, [["InitiatorName", "host"], ["TargetName", TARGET]]]],
  },
  {
    items: ["LOGIN 21"],
    name: "an unknown target",
    status: 0x0203,
    steps: [[operational, [["InitiatorName", INITIATOR], ["TargetName", `${TARGET}2`]]]],
  },
  {
    items: ["LOGIN 34"],
    name: "an unknown SessionType",
    status: 0x0209,
    steps: [[operational, [...names, ["SessionType", "Weird"]]]],
  },
  {
    items: ["LOGIN 12"],
    name: "a method that we do not have",
    status: 0x0201,
    steps: [[security, [...names, ["AuthMethod", "KRB5,SRP"]]]],
  },
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
  {
    items: ["LOGIN 4", "tgt 1.0.85 logins"],
    name: "a session that does not exist",
    status: 0x020a,
    steps: [[{ ...operational, tsih: 99 }, names]],
  },
  {
    items: ["LOGIN 10"],
    name: "a key twice in one request",
    status: 0x0200,
    steps: [[operational, [...names, ["MaxBurstLength", "512"], ["MaxBurstLength", "512"]]]],
  },
  {
    items: ["LOGIN 10"],
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
  {
    items: ["tgt 1.0.85 logins"],
    name: "T and C together",
    status: 0x0200,
    steps: [[{ ...operational, continued: true }, names]],
  },
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

for (const { items = [], name, status, steps, options } of refusals) {
  itemStory(items, `A login with ${name} is refused with ${status.toString(16).padStart(4, "0")}h`, (house) => {
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
