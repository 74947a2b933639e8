/**
 * What comes before a login: strangers, scanners, and logins that are too long.
 *
 * @module
 */

import type { ItemId } from "../items/all.ts";
import { INITIATOR } from "../../support/login_story.ts";
import { isidOf } from "../../support/protocol_peer.ts";
import { testUnitReady } from "../../support/cdbs.ts";
import { hostile } from "../../support/hostile_story.ts";
import { assert, assertEquals } from "@std/assert";
import { opcode } from "../../../lib/iscsi/constants.ts";
import * as pdus from "../../../lib/iscsi/pdu/mod.ts";
import { pattern } from "../../support/cdbs.ts";
import { names, operational, statusOf, step } from "../../support/login_story.ts";
import type { Peer } from "../../support/protocol_peer.ts";

/** Bytes that come before any login, and whether the connection ends at once. */
const strangers: readonly { items: readonly ItemId[]; name: string; bytes(peer: Peer): Uint8Array; ends: boolean }[] = [
  {
    items: ["CVE-2011-0001"],
    name: "a login with a data segment longer than 8192 bytes",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, pattern(8193)),
    ends: true,
  },
  {
    items: ["CVE-2011-0001"],
    name: "a login that says 16 MiB of data",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, pattern(16), { dataSegmentLength: 0xffffff }),
    ends: true,
  },
  {
    items: ["CVE-2011-0001"],
    name: "a login with 1020 bytes of additional headers and 8192 of data",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, new Uint8Array(8192), { ahs: new Uint8Array(1020) }),
    ends: true,
  },
  {
    items: ["CVE-2026-53176"],
    name: "half a header",
    bytes: (peer) => peer.pdu(pdus.loginRequest).subarray(0, 20),
    ends: false,
  },
  {
    items: ["CVE-2026-53176"],
    name: "half a login",
    bytes: (peer) => peer.pdu(pdus.loginRequest, {}, pattern(100)).subarray(0, 60),
    ends: false,
  },
  {
    items: ["SPDK b866d5192f"],
    name: "an HTTP request",
    bytes: () => text(`GET / HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(50)}\r\n`),
    ends: true,
  },
  {
    items: ["SPDK b866d5192f"],
    name: "what port scanners send",
    bytes: () => new Uint8Array(200).fill(0x0d),
    ends: true,
  },
  {
    items: ["SPDK b866d5192f"],
    name: "a TLS hello",
    bytes: () => Uint8Array.of(0x16, 3, 1, 2, 0, ...new Uint8Array(512).fill(0x5a)),
    ends: false,
  },
  { items: ["SPDK b866d5192f"], name: "zeros", bytes: () => new Uint8Array(96), ends: true },
  { items: ["SPDK b866d5192f"], name: "ones", bytes: () => new Uint8Array(2048).fill(0xff), ends: true },
];

for (const { items, name, bytes, ends } of strangers) {
  hostile(items, `A stranger who sends ${name} harms no one`, (house) => {
    const peer = house.connect();
    peer.deliver(bytes(peer));
    if (ends) peer.expectEnd();
    peer.next();
    peer.expectNothing();
  });
}

/** What a PDU before the login is, among the inputs. */
function itemsOf(code: number, ahs: number): ItemId[] {
  if (ahs > 0) return ["SPDK e283c385e7", code === unknownOpcode ? "SPDK 9d660f187a" : "SPDK 3927"];
  return [code === opcode.logoutRequest ? "SPDK 9c3c488e0c" : "SPDK 3927"];
}

const unknownOpcode = 0x1f;

for (const code of [...Object.values(opcode), unknownOpcode]) {
  if (code === opcode.loginRequest) continue;
  for (const ahs of [0, 1020]) {
    hostile(
      itemsOf(code, ahs),
      `Opcode ${code.toString(16)}h with ${ahs} bytes of further headers before a login is the end`,
      (house) => {
        const peer = house.connect();
        peer.send(pdus.nopOut, { opcode: code }, pattern(16), { ahs: pattern(ahs) });
        peer.expectEnd();
        peer.expectNothing();
      },
    );
  }
}

const labels = [63, 64, 65, 255, 4000];

for (const length of labels) {
  hostile(["CVE-2013-2850"], `A key of ${length} bytes is ${length > 63 ? "refused" : "not understood"}`, (house) => {
    const key = `X-${"k".repeat(length - 2)}`;
    const peer = house.connect();
    const [answer, pairs] = step(peer, operational, [...names, [key, "1"]]);
    if (length > 63) return assertEquals([statusOf(answer), peer.ended], [0x0200, true]);
    assertEquals(new Map(pairs).get(key), "NotUnderstood");
  });
}

for (const value of ["v".repeat(255), "v".repeat(256), "v".repeat(7000)]) {
  hostile(["CVE-2013-2850"], `A value of ${value.length} bytes does no harm in a login`, (house) => {
    for (const key of ["X-key", "InitiatorAlias", "MaxBurstLength", "HeaderDigest"]) {
      const peer = house.connect();
      const [answer] = step(peer, operational, [...names, [key, value]]);
      assert([0, 0x0200].includes(statusOf(answer)));
    }
  });
}

function text(string: string): Uint8Array {
  return new TextEncoder().encode(string);
}

for (const text of ["=value", "InitiatorName", "\0\0=\0", "=", "a=b=c\0\0=x\0", "\0"]) {
  hostile(["tgt 45d150e"], `Login text ${JSON.stringify(text)} is no text of a login`, (house) => {
    const peer = house.connect();
    const fields = { transit: true, currentStage: 1, nextStage: 3, isid: isidOf(3) };
    peer.deliver(peer.pdu(pdus.loginRequest, fields, new TextEncoder().encode(text)));
    assertEquals(peer.expect(pdus.loginResponse).statusClass, 2);
    peer.expectEnd();
  });
}

hostile(["CVE-2014-0255"], "Floods of connections and of logins to no target keep nobody out", (house) => {
  const idle = Array.from({ length: 500 }, () => house.connect());
  for (let i = 0; i < 500; i++) {
    const peer = house.connect();
    const missing = [["InitiatorName", INITIATOR], ["TargetName", `iqn.2026-01.org.lunbox:none-${i}`]] as const;
    assertEquals(statusOf(step(peer, operational, missing)[0]), 0x0203);
    peer.expectEnd();
  }
  const peer = house.session();
  peer.command(testUnitReady);
  assertEquals(peer.ending().status, 0);
  assertEquals(idle.some(({ ended }) => ended), false);
  peer.end();
  house.pass(15_000);
  assertEquals(idle.every(({ ended }) => ended), true);
  assertEquals(house.pool.lent, 0);
});
