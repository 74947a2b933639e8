/**
 * Residuals of what is read (RFC 7143 §11.4.5).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { inquiry, read10, readCapacity, testUnitReady } from "../../../support/cdbs.ts";
import { settle } from "../../../support/held_store.ts";
import { itemStory } from "../../../support/certification.ts";

const residuals = [
  {
    items: ["FFP 16.1"],
    what: "INQUIRY with more room than data",
    cdb: inquiry(255),
    read: 4096,
    moved: 96,
    residual: -4000,
  },
  { items: ["FFP 16.2"], what: "INQUIRY with less room than data", cdb: inquiry(96), read: 4, moved: 4, residual: 92 },
  { items: ["FFP 19.1"], what: "READ CAPACITY with room for none", cdb: readCapacity, read: 0, moved: 0, residual: 8 },
  { items: [], what: "READ with less room than blocks", cdb: read10(0, 2), read: 700, moved: 700, residual: 324 },
  { items: [], what: "READ with more room than blocks", cdb: read10(0, 2), read: 2048, moved: 1024, residual: -1024 },
  { items: [], what: "READ of no blocks", cdb: read10(0, 0), read: 512, moved: 0, residual: -512 },
  { items: ["ESX 7"], what: "READ with just the room", cdb: read10(0, 2), read: 1024, moved: 1024, residual: 0 },
  {
    items: ["ESX 8"],
    what: "a command without data but with the R bit",
    cdb: testUnitReady,
    read: 512,
    moved: 0,
    residual: -512,
  },
] as const;

for (const { items, what, cdb, read, moved, residual } of residuals) {
  itemStory(items, `The residual is ${residual} for ${what}`, async (house) => {
    const peer = house.session();
    peer.command(cdb, { read });
    await settle();
    const ending = peer.ending();
    assertEquals([ending.status, ending.sense, ending.residual], [0, "", residual]);
    if (what.startsWith("INQUIRY with more")) assertEquals(ending.data.length + ending.residual * -1, read);
    else assertEquals(ending.data.length, moved);
  });
}
