/**
 * Logout, reinstatement and several sessions (RFC 7143 §6.3.5, §11.14, §11.15).
 *
 * @module
 */

import { itemStory } from "../support/certification.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { loginStatus, logoutOutcome, rejectReason } from "../../lib/iscsi/constants.ts";
import { asyncMessage, loginResponse, logoutRequest, logoutResponse, nopOut, r2t } from "../../lib/iscsi/pdu/mod.ts";
import { pattern, read10, testUnitReady, write10 } from "../support/cdbs.ts";
import { sendSequence } from "../support/data_sequence.ts";
import { isidOf, type LogIn, type Peer } from "../support/protocol_peer.ts";
import { story, TARGET } from "../support/protocol_harness.ts";

const discovery: LogIn = { isid: 9, keys: { SessionType: "Discovery", TargetName: undefined } };

story("A logout for a reason that does not exist is rejected", (house) => {
  const peer = house.session();
  peer.send(logoutRequest, { reason: 5 });
  assertEquals(peer.rejected(), rejectReason.invalidPduField);
});

story("A discovery session logs out like any other", (house) => {
  const peer = house.session(discovery);
  peer.send(logoutRequest, { immediate: true });
  assertEquals(peer.expect(logoutResponse).response, logoutOutcome.closed);
  assertEquals(peer.ended, true);
});

story("A logout ends the tasks of its connection without a word", async (house) => {
  const peer = house.session();
  house.store.holding.add("read");
  peer.command(write10(0, 1), { write: 512 });
  peer.expect(r2t);
  peer.command(read10(0, 1), { read: 512 });
  peer.send(logoutRequest, { immediate: true });
  peer.expect(logoutResponse);
  await house.store.release();
  peer.expectNothing();
  assertEquals(peer.connection.session.tasks.size, 0);
});

story("What comes after a logout is not served", (house) => {
  const peer = house.session();
  const bytes = [peer.pdu(logoutRequest, { immediate: true }), peer.pdu(nopOut, { immediate: true })];
  peer.deliver(Uint8Array.from(bytes.flatMap((each) => [...each])));
  peer.expect(logoutResponse);
  peer.expectNothing();
});

itemStory(["WIN 29", "EFI 2"], "A login of the same initiator port takes the place of its session", async (house) => {
  const old = house.session({ isid: 1 });
  const other = house.session({ isid: 2 });
  house.store.holding.add("write");
  old.command(write10(0, 1), { write: 512, data: pattern(512) });
  old.command(write10(8, 1), { write: 512 });
  old.expect(r2t);
  const fresh = house.connect();
  fresh.logIn({ isid: 1 });
  old.expectEnd();
  assertEquals([other.ended, house.catalogue.targets.get(TARGET)?.sessions.size], [false, 2]);
  fresh.command(testUnitReady);
  assertEquals(fresh.ending().sense, "6/29/07");
  fresh.command(read10(4, 1), { read: 512 });
  assertEquals(fresh.ending().status, 0);
  await house.store.release();
  old.expectNothing();
  fresh.expectNothing();
  assertEquals(old.connection.session.tasks.size, 0);
  other.command(testUnitReady);
  assertEquals(other.ending().status, 0);
});

/** Logins that are not of the same initiator port to the same target. */
const parallel: readonly { name: string; login: LogIn }[] = [
  { name: "another ISID", login: { isid: 2 } },
  { name: "another initiator name", login: { initiator: "iqn.2026-01.org.example:other" } },
  { name: "another target", login: { keys: { TargetName: "iqn.2026-01.org.lunbox:more" } } },
];

for (const { name, login } of parallel) {
  story(`A login with ${name} opens a session of its own`, (house) => {
    const first = house.session();
    const second = house.connect();
    second.logIn(login);
    assertEquals(first.ended, false);
    assertNotEquals(first.connection.session.tsih, second.connection.session.tsih);
  }, { targets: [{ name: "iqn.2026-01.org.lunbox:more" }] });
}

story("Case does not tell initiators apart", (house) => {
  const first = house.session({ initiator: "iqn.2026-01.org.example:host" });
  house.connect().logIn({ initiator: "IQN.2026-01.org.example:HOST" });
  first.expectEnd();
});

story("A session that fails to log in again does not end the old one", (house) => {
  const first = house.session();
  const peer = house.connect();
  peer.deliver(peer.login([["InitiatorName", "iqn.2026-01.org.example:host"], ["TargetName", TARGET]], {
    isid: isidOf(1),
    currentStage: 0,
    nextStage: 1,
  }));
  peer.expect(loginResponse);
  peer.deliver(peer.login([["MaxBurstLength", "1024"], ["MaxBurstLength", "1024"]], { isid: isidOf(1) }));
  assertEquals(peer.expect(loginResponse).statusClass, 2);
  assertEquals(first.ended, false);
});

itemStory(["WIN 32", "ESX 3"], "Sixteen sessions of one initiator work side by side", (house) => {
  const peers: Peer[] = [];
  for (let isid = 1; isid <= 16; isid++) peers.push(house.session({ isid }));
  const asked = peers.map((peer, place) => {
    peer.command(write10(place, 1), { write: 512, initiatorTaskTag: 5 });
    return peer.expect(r2t);
  });
  for (const [place, peer] of peers.entries()) {
    const request = asked[place];
    if (request !== undefined) sendSequence(peer, request, pattern(512, place));
    assertEquals(peer.ending(5).status, 0);
    assertEquals(house.store.bytes(place * 512, 512), pattern(512, place));
  }
});

itemStory(["ESX 4"], "A target that is about to stop asks for logout and lets no one in", (house) => {
  const peer = house.session();
  house.catalogue.draining = true;
  const { expStatSn } = peer;
  peer.connection.requestLogout(5);
  peer.flush();
  const message = peer.expect(asyncMessage);
  assertEquals([message.asyncEvent, message.parameter3, message.statSn, message.final], [1, 5, expStatSn, true]);
  const late = house.connect();
  late.deliver(late.login([["InitiatorName", "iqn.2026-01.org.example:late"], ["TargetName", TARGET]]));
  const { statusClass, statusDetail } = late.expect(loginResponse);
  assertEquals(statusClass << 8 | statusDetail, loginStatus.serviceUnavailable);
  peer.send(logoutRequest, { immediate: true });
  assertEquals(peer.expect(logoutResponse).response, 0);
});
