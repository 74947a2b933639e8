import { assertEquals, assertThrows } from "@std/assert";
import { ReadOnlyError } from "../../../lib/store/errors.ts";
import { ReadOnlyStore } from "../../../lib/store/filters/read_only.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";

Deno.test("ReadOnlyStore reads and refuses every change", async () => {
  const below = new MemoryStore(4096, { volatileCache: true });
  below.write(new Uint8Array(512).fill(5), 512);
  const store = new ReadOnlyStore(below);
  const bytes = new Uint8Array(512);
  await store.read(bytes, 512);
  assertEquals(bytes[0], 5);
  assertThrows(() => store.write(bytes, 0), ReadOnlyError, "it is read-only");
  assertThrows(() => store.unmap(0, 512), ReadOnlyError);
  assertThrows(() => store.zero(0, 512), ReadOnlyError);
  assertEquals(
    [store.capabilities.readOnly, store.capabilities.volatileCache, store.capabilities.unmap],
    [true, false, false],
  );
  assertEquals(store.capabilities.extents, true);
});
