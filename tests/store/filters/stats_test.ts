import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MediumError } from "../../../lib/store/errors.ts";
import { DelayStore } from "../../../lib/store/filters/delay.ts";
import { FaultStore } from "../../../lib/store/filters/fault.ts";
import { StatsStore } from "../../../lib/store/filters/stats.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";

const none = {
  reads: 0,
  writes: 0,
  flushes: 0,
  unmaps: 0,
  bytesRead: 0,
  bytesWritten: 0,
  bytesUnmapped: 0,
  errors: 0,
  pending: 0,
};

Deno.test("StatsStore counts operations that answer at once", async () => {
  const store = new StatsStore(new MemoryStore(8192));
  const bytes = new Uint8Array(1024);
  await store.read(bytes, 0);
  await store.read(bytes, 512);
  await store.write(bytes, 0);
  await store.flush();
  await store.unmap(0, 512);
  await store.zero(0, 1024);
  const counted = { reads: 2, writes: 1, flushes: 1, unmaps: 2, bytesRead: 2048, bytesWritten: 1024 };
  assertEquals(store.stats, { ...none, ...counted, bytesUnmapped: 1536 });
});

Deno.test("StatsStore counts operations that answer later when they do", async () => {
  const wake = Promise.withResolvers<void>();
  const store = new StatsStore(new DelayStore(new MemoryStore(8192), { read: 1, sleep: () => wake.promise }));
  const reading = store.read(new Uint8Array(512), 0);
  assertEquals(store.stats, { ...none, pending: 1 });
  wake.resolve();
  await reading;
  assertEquals(store.stats, { ...none, reads: 1, bytesRead: 512 });
});

Deno.test("StatsStore counts failures", async () => {
  const faulty = new FaultStore(new MemoryStore(8192), [{ operation: "read" }, { operation: "flush" }]);
  const store = new StatsStore(new DelayStore(faulty, { read: 1, sleep: () => Promise.resolve() }));
  await assertRejects(() => store.read(new Uint8Array(512), 0) as Promise<void>, MediumError);
  assertThrows(() => store.flush(), MediumError);
  assertEquals(store.stats, { ...none, errors: 2 });
});
