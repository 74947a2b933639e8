/**
 * The login over the wire: text in pieces, what comes too late or too often (RFC 7143 §6.3, §11.12, §11.13).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { loginStatus } from "../../lib/iscsi/constants.ts";
import { loginRequest, loginResponse } from "../../lib/iscsi/pdu/mod.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { INITIATOR, names, operational, statusOf, step } from "../support/login_story.ts";
import { story, TARGET } from "../support/protocol_harness.ts";

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
