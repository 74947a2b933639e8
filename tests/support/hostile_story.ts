/**
 * A story in which somebody else has to be served, whatever happens.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pattern, testUnitReady, write10 } from "./cdbs.ts";
import type { ItemId } from "../conformance/items/all.ts";
import { itemStory } from "./certification.ts";
import type { ProtocolHarness, StoryOptions } from "./protocol_harness.ts";

/** Tells a story of inputs of the list, which a witness on LUN 1 must survive. */
export function hostile(
  items: readonly ItemId[],
  name: string,
  play: (house: ProtocolHarness) => void | Promise<void>,
  options: StoryOptions = {},
): void {
  itemStory(items, name, async (house) => {
    const witness = house.session({ initiator: "iqn.2026-01.org.example:witness" });
    await play(house);
    // What was reset says so once.
    witness.command(testUnitReady, { lun: 1 });
    witness.ending();
    const data = pattern(512, 77);
    witness.command(write10(2047, 1), { write: 512, lun: 1, data });
    assertEquals(witness.ending().status, 0);
    assertEquals(house.second.bytes(2047 * 512, 512), data);
  }, options);
}
