import { assertEquals } from "@std/assert";
import { Filter } from "../../../lib/store/filters/filter.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import { Prng } from "../../support/prng.ts";
import { compareWithArray } from "../../support/store_model.ts";

Deno.test("Filter passes everything on", async () => {
  const below = new MemoryStore(64 * 1024, { pageSize: 4096 });
  const filter = new Filter(below);
  assertEquals(filter.capabilities, below.capabilities);
  await compareWithArray(filter, new Prng(1), 200);
});

Deno.test("Filter changes only the capabilities that are given", () => {
  const filter = new Filter(new MemoryStore(512), { capabilities: { rotational: true } });
  assertEquals([filter.capabilities.rotational, filter.capabilities.unmap], [true, true]);
});
