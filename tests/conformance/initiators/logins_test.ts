/**
 * The logins of initiators in the field, byte by byte, and what each of them would fail on (RFC 7143 §6.3, §11.13).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { serialDifference } from "../../../lib/iscsi/command_window.ts";
import { keyRow } from "../../../lib/iscsi/keys.ts";
import { loginResponse, logoutRequest, logoutResponse, textRequest, textResponse } from "../../../lib/iscsi/pdu/mod.ts";
import { encodeText, parseNumerical, type TextPair } from "../../../lib/iscsi/text.ts";
import { INITIATOR, type InitiatorLogin, initiatorLogins } from "../../fixtures/initiator_logins.ts";
import { itemStory } from "../../support/certification.ts";
import { askedBy } from "../../support/chap.ts";
import { alice } from "../../support/chap_login.ts";
import { names, operational, security, statusOf, step } from "../../support/login_story.ts";
import { ADDRESS, type ProtocolHarness, TARGET } from "../../support/protocol_harness.ts";
import type { Peer } from "../../support/protocol_peer.ts";

function discovers(exchanges: InitiatorLogin["exchanges"]): boolean {
  return exchanges.some(({ offer }) => offer.some(([, value]) => value === "Discovery"));
}

/** Plays a login; every field of the answers must be as its initiator wants it. Returns what was offered and answered. */
function replay(
  house: ProtocolHarness,
  { initiator, fields, exchanges }: InitiatorLogin,
): { peer: Peer; steps: { offer: readonly TextPair[]; answer: readonly TextPair[]; text: Uint8Array }[] } {
  const peer = house.connect();
  peer.cmdSn = fields.cmdSn ?? 1;
  const steps = exchanges.map(({ flags, offer }, place) => {
    const named = offer.map((
      [key, value],
    ): TextPair => [key, value === INITIATOR && key === "InitiatorName" ? initiator : value]);
    peer.deliver(peer.login(named, { ...fields, ...flags }));
    const [got, answer] = peer.expectText(loginResponse);
    const last = place === exchanges.length - 1;
    assertEquals([statusOf(got), got.continued, got.versionMax, got.versionActive], [0, false, 0, 0]);
    assertEquals([got.transit, got.currentStage], [flags.transit, flags.currentStage]);
    assertEquals(got.nextStage, flags.transit ? flags.nextStage : 0);
    assertEquals([got.isid, got.initiatorTaskTag, got.tsih > 0], [fields.isid, fields.initiatorTaskTag, last]);
    assertEquals([got.statSn, got.expCmdSn], [place, fields.cmdSn]);
    const commands = last && !discovers(exchanges);
    assert(serialDifference(got.maxCmdSn, got.expCmdSn) >= (commands ? 31 : -1));
    return { offer: named, answer, text: got.data };
  });
  return { peer, steps };
}

for (const login of initiatorLogins) {
  const { name, items, exchanges } = login;

  itemStory(items, `${name} comes to full feature phase with answers that it accepts`, (house) => {
    const { steps } = replay(house, login);
    assertEquals(steps.map(({ answer }) => answer), exchanges.map(({ answer }) => answer.map((pair) => [...pair])));
  });

  itemStory(items, `${name} is told nothing but the portal group that it has not asked for`, (house) => {
    for (const { offer, answer } of replay(house, login).steps) {
      const offered = new Set(offer.map(([key]) => key));
      const extra = answer.map(([key]) => key).filter((key) => !offered.has(key));
      assert(extra.every((key) => key === "TargetPortalGroupTag"), `volunteered ${extra}`);
      assertEquals(new Set(answer.map(([key]) => key)).size, answer.length);
    }
  });

  itemStory(items, `${name} gets texts of pairs that each end with one NUL`, (house) => {
    for (const { answer, text } of replay(house, login).steps) assertEquals(text, encodeText(answer));
  });

  itemStory(items, `${name} is answered within what it offered`, (house) => {
    for (const { offer, answer } of replay(house, login).steps) {
      const answers = new Map(answer);
      for (const [key, value] of offer) {
        const row = keyRow(key);
        const got = answers.get(key);
        if (discovers(exchanges) && got === "Irrelevant") continue;
        assert(got !== "Reject" && got !== "NotUnderstood", `${key}=${got}`);
        if (row?.kind === "min") assert(Number(got) <= Number(value), `${key}=${got} of ${value}`);
        if (row?.kind === "max") assert(Number(got) >= Number(value), `${key}=${got} of ${value}`);
        if (row?.kind === "list") assert(value.split(",").includes(got ?? ""), `${key}=${got} of ${value}`);
        if (key === "FirstBurstLength") {
          assert((parseNumerical(got ?? "") ?? Infinity) <= Number(answers.get("MaxBurstLength")), `${key}=${got}`);
        }
      }
    }
  });
}

itemStory(["WIN 7"], "AuthMethod and CHAP_A are answered from the offer, and CHAP_C is hexadecimal", (house) => {
  const peer = house.connect();
  const stay = { ...security, transit: false };
  const [, first] = step(peer, stay, [...names, ["AuthMethod", "CHAP,None"]]);
  assertEquals(first, [["TargetPortalGroupTag", "1"], ["AuthMethod", "CHAP"]]);
  const [, second] = step(peer, stay, [["CHAP_A", "5"]]);
  assertEquals(second.map(([key]) => key), ["CHAP_A", "CHAP_I", "CHAP_C"]);
  const { algorithm, identifier } = askedBy(second);
  assert(algorithm === 5 && identifier >= 0 && identifier <= 255);
  const challenge = new Map(second).get("CHAP_C") ?? "";
  assert(/^0x(?:[0-9a-f]{2}){16,}$/.test(challenge) && challenge.length <= 2 + 2 * 1024, challenge);
}, { chap: [alice] });

itemStory(
  ["SUN 4", "WIN 14", "BSD 4", "BSD 2"],
  "Discovery as FreeBSD does it, and a login by what it found",
  (house) => {
    const login = initiatorLogins.find(({ name }) => name === "FreeBSD, discovery");
    if (login === undefined) throw new Error("Cannot play: there is no such login");
    const { peer } = replay(house, login);
    const text = new TextEncoder().encode("SendTargets=All\0");
    peer.send(textRequest, { immediate: true, initiatorTaskTag: 0, cmdSn: 0 }, text);
    const [response, pairs] = peer.expectText(textResponse);
    assertEquals([response.final, response.continued, response.initiatorTaskTag, response.statSn], [true, false, 0, 2]);
    assertEquals(pairs, [["TargetName", TARGET], ["TargetAddress", `${ADDRESS},1`]]);
    assertEquals(response.data, encodeText(pairs));
    peer.send(logoutRequest, { immediate: true, reason: 0, initiatorTaskTag: 0 });
    assertEquals(peer.expect(logoutResponse).response, 0);
    const [, answers] = step(house.connect(), { ...operational, transit: false }, names);
    assertEquals(new Map(answers).get("TargetPortalGroupTag"), pairs[1]?.[1].split(",")[1]);
  },
);

itemStory(["SUN 5", "OIS 1"], "No answer of the security stage has an operational key", (house) => {
  const allowed = new Set(["AuthMethod", "TargetPortalGroupTag", "TargetAlias", "TargetAddress"]);
  let seen = 0;
  for (const login of initiatorLogins) {
    const { steps } = replay(house, login);
    for (const [place, { answer }] of steps.entries()) {
      if (login.exchanges[place]?.flags.currentStage !== 0) continue;
      assertEquals(answer.map(([key]) => key).filter((key) => !allowed.has(key)), [], login.name);
      seen++;
    }
  }
  assert(seen >= 8);
}, { alias: "Story" });
