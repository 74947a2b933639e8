import { assertEquals, assertThrows } from "@std/assert";
import { SliceStore } from "../../../lib/store/filters/slice.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import { Prng } from "../../support/prng.ts";
import { compareWithArray } from "../../support/store_model.ts";

Deno.test("SliceStore keeps what an array keeps, and leaves the rest alone", async () => {
  const below = new MemoryStore(128 * 1024, { pageSize: 4096 });
  const around = new Uint8Array(512).fill(9);
  below.write(around, 15 * 512);
  below.write(around, 16 * 512 + 65536);
  await compareWithArray(new SliceStore(below, { at: 16 * 512, length: 65536 }), new Prng(3), 300);
  for (const at of [15 * 512, 16 * 512 + 65536]) {
    const bytes = new Uint8Array(512);
    below.read(bytes, at);
    assertEquals(bytes, around);
  }
});

Deno.test("SliceStore reaches to the end unless a length is given", () => {
  assertEquals(new SliceStore(new MemoryStore(8192), { at: 1024 }).size, 7168);
});

Deno.test("SliceStore tells where pieces begin that are given back together", () => {
  const below = new MemoryStore(64 * 1024, { pageSize: 4096 });
  for (const [at, aligned] of [[0, 0], [512, 3584], [4096, 0], [7680, 512]] as const) {
    const slice = new SliceStore(below, { at });
    assertEquals([slice.capabilities.unmapGranularity, slice.capabilities.unmapAlignment], [4096, aligned]);
    // A slice of it is one of what is below.
    assertEquals(new SliceStore(slice, { at: 8192 - at }).capabilities.unmapAlignment, 0);
  }
});

Deno.test("SliceStore refuses ranges that are not there", () => {
  const below = new MemoryStore(8192);
  for (const range of [{ at: -512 }, { at: 8192 }, { at: 0, length: 8704 }, { at: 512, length: 0 }]) {
    assertThrows(() => new SliceStore(below, range), RangeError, "are not in it");
  }
  assertThrows(() => new SliceStore(below, { at: 100 }), RangeError, "not blocks");
});
