import { assert, assertEquals, assertRejects } from "@std/assert";
import { FileFlush } from "../../lib/store/file_flush.ts";

/** A flush whose syncs end when the test says so. */
function controlled(): { flush: FileFlush; syncs: PromiseWithResolvers<void>[] } {
  const syncs: PromiseWithResolvers<void>[] = [];
  const flush = new FileFlush(() => {
    const sync = Promise.withResolvers<void>();
    syncs.push(sync);
    return sync.promise;
  });
  return { flush, syncs };
}

/** Lets everything run that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("FileFlush has nothing to do when nothing was written", async () => {
  const { flush, syncs } = controlled();
  assertEquals(flush.flush(), undefined);
  flush.written();
  const first = flush.flush();
  syncs[0]?.resolve();
  await first;
  assertEquals(flush.flush(), undefined);
  assertEquals(syncs.length, 1);
});

Deno.test("FileFlush lets those join who have written nothing since it started", async () => {
  const { flush, syncs } = controlled();
  flush.written();
  const both = [flush.flush(), flush.flush()];
  assertEquals(syncs.length, 1);
  syncs[0]?.resolve();
  await Promise.all(both);
  assertEquals(syncs.length, 1);
});

Deno.test("FileFlush starts anew for what was written while it ran, once for all who wait", async () => {
  const { flush, syncs } = controlled();
  flush.written();
  const first = flush.flush();
  flush.written();
  let late = 0;
  const second = [flush.flush(), flush.flush()].map(async (done) => {
    await done;
    late++;
  });
  assertEquals(syncs.length, 1);
  syncs[0]?.resolve();
  await first;
  await turns();
  assertEquals(syncs.length, 2);
  assertEquals(late, 0);
  syncs[1]?.resolve();
  await Promise.all(second);
  assertEquals([syncs.length, late], [2, 2]);
});

Deno.test("FileFlush that failed tells all who waited, and all who come later, whatever the system says then", async () => {
  const { flush, syncs } = controlled();
  flush.written();
  const both = [flush.flush(), flush.flush()];
  syncs[0]?.reject(new Error("disk"));
  for (const waiting of both) await assertRejects(async () => await waiting, Error, "disk");
  for (const sync of [1, 2]) {
    const again = flush.flush();
    assert(again instanceof Promise);
    syncs[sync]?.resolve();
    await assertRejects(() => again, Error, "disk");
  }
  assertEquals(syncs.length, 3);
});

Deno.test("FileFlush starts the next sync although the one before failed", async () => {
  const { flush, syncs } = controlled();
  flush.written();
  const first = flush.flush();
  flush.written();
  const second = flush.flush();
  syncs[0]?.reject(new Error("disk"));
  await assertRejects(async () => await first, Error, "disk");
  await turns();
  assertEquals(syncs.length, 2);
  syncs[1]?.resolve();
  await assertRejects(async () => await second, Error, "disk");
});
