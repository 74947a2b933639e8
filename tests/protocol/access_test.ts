import { assertEquals, assertStringIncludes } from "@std/assert";
import { loginResponse } from "../../lib/iscsi/pdu/mod.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import type { PortalView } from "../../lib/target/catalogue.ts";
import type { TargetOptions } from "../../lib/target/target.ts";
import { catalogueOf, loginAt } from "../support/chap_login.ts";
import { INITIATOR, normal, pairsOf, step, TARGET } from "../support/login_steps.ts";
import { type ProtocolHarness, story, TARGET as STORY_TARGET } from "../support/protocol_harness.ts";
import { Peer } from "../support/protocol_peer.ts";

const OTHER = "iqn.2026-01.org.lunbox:other";
const HOST = "iqn.2026-01.org.example:host";

/** A portal in a group, at which an initiator has come from an address. */
function view(portalGroup = 1, more: Partial<PortalView> = {}): PortalView {
  const addresses = [{ address: "192.0.2.1:3260", portalGroup: 1 }, { address: "192.0.2.2:3260", portalGroup: 2 }];
  return { portalGroup, peer: "198.51.100.7", addresses: () => addresses, ...more };
}

/** What a first request is answered. */
function first(target: Omit<TargetOptions, "name">, at: PortalView): readonly [status: number, text: string] {
  const answer = step(loginAt(catalogueOf(target), at), {}, normal);
  return [answer.status, pairsOf(answer).map(([key, value]) => `${key}=${value}`).join(" ")];
}

Deno.test("A login from a network that may come in is let in, another is refused with 0202", () => {
  const target = { allowFrom: ["198.51.100.0/24"] };
  assertEquals(first(target, view())[0], 0);
  for (const peer of ["198.51.101.7", "2001:db8::7"]) assertEquals(first(target, view(1, { peer }))[0], 0x0202);
  assertEquals(first(target, view(1, { peer: "::ffff:198.51.100.9" }))[0], 0);
});

Deno.test("A login learns the tag of the portal group that it has come to", () => {
  assertStringIncludes(first({}, view(1))[1], "TargetPortalGroupTag=1");
  assertStringIncludes(first({}, view(7))[1], "TargetPortalGroupTag=7");
});

Deno.test("A target is found in its portal groups only", () => {
  assertEquals(first({ portalGroups: [2] }, view(1))[0], 0x0203);
  assertEquals(first({ portalGroups: [2] }, view(2))[0], 0);
});

Deno.test("A login to a target that has moved is told where to, for now or for good", () => {
  for (const [permanent, status] of [[false, 0x0101], [true, 0x0102]] as const) {
    const redirect = { address: "[2001:db8::1]:3260", permanent };
    assertEquals(first({ redirect }, view()), [status, "TargetAddress=[2001:db8::1]:3260"]);
    assertEquals(first({}, view(1, { redirect })), [status, "TargetAddress=[2001:db8::1]:3260"]);
  }
});

Deno.test("A login that may not come in is not told where the target has moved", () => {
  const redirect = { address: "192.0.2.9:3260", permanent: false };
  assertEquals(first({ redirect, allow: ["eui.*"] }, view()), [0x0202, ""]);
});

Deno.test("A target can move while it is served, and come back", () => {
  const catalogue = catalogueOf();
  const target = catalogue.targets.get(TARGET);
  if (target === undefined) throw new Error("Cannot test: there is no target");
  target.redirect = { address: "192.0.2.9:3260", permanent: false };
  assertEquals(step(loginAt(catalogue), {}, normal).status, 0x0101);
  target.redirect = undefined;
  assertEquals(step(loginAt(catalogue), {}, normal).status, 0);
});

Deno.test("Discovery shows every portal of the groups in which a target is", () => {
  const shown = (target: Omit<TargetOptions, "name">, at = view()) =>
    catalogueOf(target).portal(at).sendTargets(INITIATOR).flatMap(({ addresses }) => addresses);
  assertEquals(shown({}), ["192.0.2.1:3260,1", "192.0.2.2:3260,2"]);
  assertEquals(shown({ portalGroups: [2] }), ["192.0.2.2:3260,2"]);
  assertEquals(catalogueOf({ portalGroups: [3] }).portal(view()).sendTargets(INITIATOR), []);
  assertEquals(shown({ allowFrom: ["203.0.113.0/24"] }), []);
  assertEquals(shown({ allow: ["eui.*"] }), []);
});

/** Connects at a portal. */
function connect(house: ProtocolHarness, at: PortalView): Peer {
  return new Peer(house, house.catalogue.portal(at));
}

story("SCSI sees a target port for each portal group", (house) => {
  const names = [1, 2].map((group) => {
    const peer = connect(house, view(group));
    peer.logIn({ isid: group });
    const { targetPort } = peer.connection.session.nexus;
    peer.end();
    return targetPort;
  });
  assertEquals(
    names,
    [1, 2].map((group) => ({
      name: `${STORY_TARGET},t,0x000${group}`,
      relativeId: group,
      groupId: group,
      device: STORY_TARGET,
    })),
  );
});

story("An initiator port that logs in again ends its session in the same portal group, not in another", (house) => {
  const one = connect(house, view(1));
  one.logIn();
  const two = connect(house, view(2));
  two.logIn();
  assertEquals([one.ended, two.ended], [false, false]);
  const again = connect(house, view(1));
  again.logIn();
  assertEquals([one.ended, two.ended], [true, false]);
  two.end();
  again.end();
});

const limited: readonly (readonly [limits: TargetOptions["limits"], reason: string])[] = [
  [{ sessions: 1 }, "all 1 sessions are open"],
  [{ sessionsPerInitiator: 1 }, `${HOST} has all 1 sessions`],
  [{ connections: 1 }, "all 1 connections are open"],
];

for (const [limits = {}, reason] of limited) {
  story(`A login beyond the limits ${JSON.stringify(limits)} is told to come again`, (house) => {
    const one = house.connect();
    one.logIn({ keys: { TargetName: OTHER } });
    const two = house.connect();
    two.deliver(
      two.login([["InitiatorName", HOST], ["TargetName", OTHER]], { isid: Uint8Array.of(0x80, 0, 0, 0, 0, 2) }),
    );
    const { statusClass, statusDetail } = two.expect(loginResponse);
    assertEquals([statusClass, statusDetail], [3, 2]);
    const [refused] = two.events.filter((event) => event.kind === "login refused");
    assertStringIncludes(refused?.message ?? "", reason);
    // Its own port takes the place that it has.
    const again = house.connect();
    again.logIn({ keys: { TargetName: OTHER } });
    again.end();
    const late = house.connect();
    late.logIn({ isid: 3, keys: { TargetName: OTHER } });
    late.end();
  }, { targets: [{ name: OTHER, limits, luns: [{ lun: 0, store: new MemoryStore(1 << 20) }] }] });
}

story("An initiator sees the logical units of its map, by its numbers, and may write where it may", (house) => {
  const peer = house.connect();
  peer.logIn({ keys: { TargetName: OTHER } });
  const luns = reportLuns(peer);
  assertEquals(luns, [0, 9]);
  for (const lun of luns) {
    peer.command(new Uint8Array(6), { lun });
    assertEquals(peer.ending().status, 2);
  }
  peer.command(new Uint8Array(6), { lun: 1 });
  assertEquals(peer.ending().sense, "5/25/00");
  assertEquals(write(peer, 9), "7/27/00");
  assertEquals(write(peer, 0), "");
  assertEquals([writeProtected(peer, 9), writeProtected(peer, 0)], [true, false]);
  peer.end();
  // Others see everything, as it is.
  const other = house.connect();
  other.logIn({ initiator: "iqn.2026-01.org.example:other", keys: { TargetName: OTHER } });
  assertEquals(reportLuns(other), [0, 1]);
  for (const lun of [0, 1]) {
    other.command(new Uint8Array(6), { lun });
    other.ending();
    assertEquals(write(other, lun), "");
  }
  other.end();
}, {
  targets: [{
    name: OTHER,
    luns: [{ lun: 0, store: new MemoryStore(1 << 20) }, { lun: 1, store: new MemoryStore(1 << 20) }],
    lunMaps: [{ initiators: [HOST], luns: [{ lun: 9, unit: 0, readOnly: true }, { lun: 0, unit: 1 }] }],
  }],
});

function reportLuns(peer: Peer): number[] {
  peer.command(Uint8Array.of(0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0), { read: 256 });
  const { data } = peer.ending();
  const list = data.subarray(8, 8 + (data[3] ?? 0));
  return Array.from({ length: list.length / 8 }, (_, i) => list[8 * i + 1] ?? -1);
}

/** Writes a block; the sense data of the refusal. */
function write(peer: Peer, lun: number): string {
  peer.command(Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), { lun, write: 512, data: new Uint8Array(512) });
  return peer.ending().sense;
}

function writeProtected(peer: Peer, lun: number): boolean {
  peer.command(Uint8Array.of(0x1a, 8, 0x3f, 0, 255, 0), { lun, read: 255 });
  return ((peer.ending().data[2] ?? 0) & 0x80) !== 0;
}
