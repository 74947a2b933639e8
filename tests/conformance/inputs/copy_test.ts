/**
 * Copies from units that an initiator may not see.
 *
 * @module
 */

import { rest } from "../../support/held_store.ts";
import type { Peer } from "../../support/protocol_peer.ts";
import { hostile } from "../../support/hostile_story.ts";
import { assertEquals } from "@std/assert";
import { pattern, testUnitReady } from "../../support/cdbs.ts";

/** EXTENDED COPY (LID1) from a unit by its NAA identifier to the unit that is asked. */
function copyFrom(naa: Uint8Array, own: Uint8Array): Uint8Array {
  const cscd = (id: Uint8Array): number[] => [0xe4, 0, 0, 0, 1, 3, 0, 8, ...id, ...new Array(12).fill(0), 0, 0, 2, 0];
  const segment = [0x02, 0, 0, 0x18, 0, 0, 0, 1, 0, 0, 0, 8, ...new Array(16).fill(0)];
  return Uint8Array.of(
    0,
    0,
    0,
    64,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    segment.length,
    ...[0, 0, 0, 0],
    ...cscd(naa),
    ...cscd(own),
    ...segment,
  );
}

/** The NAA identifier of a unit, from VPD page 83h. */
function naaOf(peer: Peer, lun: number): Uint8Array {
  peer.command(Uint8Array.of(0x12, 1, 0x83, 0, 255, 0), { read: 255, lun });
  const { data } = peer.ending();
  for (let at = 4; at < data.length; at += 4 + (data[at + 3] ?? 0)) {
    if (((data[at + 1] ?? 0) & 0x3f) === 3) return data.slice(at + 4, at + 12);
  }
  throw new Error("Cannot copy: the unit has no NAA identifier");
}

const blind = "iqn.2026-01.org.example:blind";

hostile(["CVE-2020-28374"], "EXTENDED COPY reads no unit that its initiator may not see", async (house) => {
  const seeing = house.session({ isid: 5 });
  const [own, secret] = [naaOf(seeing, 0), naaOf(seeing, 1)];
  house.second.write(pattern(4096, 99), 0);
  const peer = house.connect();
  peer.logIn({ initiator: blind });
  peer.command(testUnitReady);
  peer.ending();
  for (const [of, sense] of [[peer, "a/0d/02"], [seeing, ""]] as const) {
    const list = copyFrom(secret, own);
    of.command(Uint8Array.of(0x83, ...new Uint8Array(12), list.length, 0, 0), { write: list.length, data: list });
    await rest();
    assertEquals(of.ending().sense, sense);
    assertEquals(house.store.bytes(0, 4096), sense === "" ? pattern(4096, 99) : new Uint8Array(4096));
  }
}, { lunMaps: [{ initiators: [blind], luns: [{ lun: 0, unit: 0 }] }] });
