import { assertEquals } from "@std/assert";
import { DelayStore } from "../../../lib/store/filters/delay.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import { Prng } from "../../support/prng.ts";
import { compareWithArray } from "../../support/store_model.ts";

Deno.test("DelayStore waits before it passes an operation on", async () => {
  const below = new MemoryStore(4096);
  const slept: number[] = [];
  const wake = Promise.withResolvers<void>();
  const store = new DelayStore(below, {
    write: 30,
    flush: 70,
    sleep: (time) => {
      slept.push(time);
      return wake.promise;
    },
  });
  const written = store.write(new Uint8Array(512).fill(1), 0);
  const bytes = new Uint8Array(512);
  assertEquals(store.read(bytes, 0), undefined);
  assertEquals(bytes[0], 0);
  wake.resolve();
  await written;
  await store.flush();
  await store.zero(512, 512);
  await store.unmap(512, 512);
  store.read(bytes, 0);
  assertEquals(bytes[0], 1);
  assertEquals(slept, [30, 70, 30, 30]);
});

Deno.test("DelayStore keeps what an array keeps", async () => {
  const store = new DelayStore(new MemoryStore(65536), { read: 1, write: 1, flush: 1, sleep: () => Promise.resolve() });
  await compareWithArray(store, new Prng(5), 200);
});
