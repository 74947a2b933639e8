import { assertEquals, assertThrows } from "@std/assert";
import { NullStore } from "../../lib/store/null_store.ts";

Deno.test("NullStore reads zeros whatever was written", () => {
  const store = new NullStore(2 ** 50);
  store.write(new Uint8Array(512).fill(1), 512);
  const bytes = new Uint8Array(1024).fill(2);
  store.read(bytes, 0);
  assertEquals(bytes, new Uint8Array(1024));
  assertEquals(store.extents(512, 1024), [{ at: 512, length: 1024, allocated: false }]);
});

Deno.test("NullStore refuses sizes that are not made of blocks", () => {
  assertThrows(() => new NullStore(1000), RangeError);
  assertThrows(() => new NullStore(0), RangeError);
  assertEquals(new NullStore(8192, 4096).blockSize, 4096);
});
