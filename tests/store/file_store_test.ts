import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MediumError, ReadOnlyError, StoreClosedError, StoreError } from "../../lib/store/errors.ts";
import type { FilePlatform } from "../../lib/store/file_platform.ts";
import { FileStore, type FileStoreOptions } from "../../lib/store/file_store.ts";
import { Prng } from "../support/prng.ts";
import { Scratch } from "../support/scratch.ts";
import { compareWithArray } from "../support/store_model.ts";

/** Nothing is ever quick enough for the loop, or everything is. */
const lanesOnly: FileStoreOptions = { transfers: "background" };
const loopOnly: FileStoreOptions = { transfers: "inline" };

Deno.test("FileStore keeps what an array keeps, on the loop, in the lanes, and on both", async () => {
  await using scratch = await Scratch.make();
  let seed = 0;
  for (const options of [loopOnly, lanesOnly, { policy: { large: 4096 } }, { ...lanesOnly, lanes: 1 }]) {
    const path = scratch.path(`${++seed}.img`);
    const store = await FileStore.open(path, { ...options, size: 96 * 1024 });
    await compareWithArray(store, new Prng(seed), 400);
    await store.close();
  }
});

Deno.test("FileStore answers at once on the loop, later from the lanes", async () => {
  await using scratch = await Scratch.make();
  const bytes = new Uint8Array(512);
  const quick = await FileStore.open(scratch.path("disk.img"), { ...loopOnly, size: 4096 });
  assertEquals([quick.read(bytes, 0), quick.write(bytes, 0)], [undefined, undefined]);
  await quick.close();
  const slow = await FileStore.open(scratch.path("disk.img"), lanesOnly);
  for (const done of [slow.read(bytes, 0), slow.write(bytes, 0)]) {
    assert(done instanceof Promise);
    await done;
  }
  await slow.close();
});

Deno.test("FileStore leaves the loop when transfers were slow, reads and writes apart", async () => {
  await using scratch = await Scratch.make();
  let now = 0;
  let step = 0;
  const store = await FileStore.open(scratch.path("disk.img"), {
    size: 4096,
    cachedReads: null,
    policy: { clock: () => now += step, proof: 0 },
  });
  const bytes = new Uint8Array(512);
  assertEquals(store.read(bytes, 0), undefined);
  step = 5;
  assertEquals(store.read(bytes, 0), undefined);
  assertEquals(store.read(bytes, 0), undefined);
  step = 0;
  const later = store.read(bytes, 0);
  assert(later instanceof Promise);
  await later;
  assertEquals(store.write(bytes, 0), undefined);
  now += 1000;
  assertEquals(store.read(bytes, 0), undefined);
  await store.close();
});

Deno.test("FileStore lanes bring the right bytes to many at once", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const contents = new Prng(1).fill(new Uint8Array(1 << 20));
  await Deno.writeFile(path, contents);
  const store = await FileStore.open(path, { ...lanesOnly, lanes: 4 });
  const prng = new Prng(2);
  await Promise.all(Array.from({ length: 300 }, async () => {
    const at = prng.below(2000) * 512;
    const bytes = new Uint8Array(512 * (1 + prng.below(40)));
    await store.read(bytes, at);
    assertEquals(bytes, contents.subarray(at, at + bytes.length));
  }));
  await store.close();
});

Deno.test("FileStore serves on in the lanes after its file was renamed and replaced", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const store = await FileStore.open(path, { ...lanesOnly, size: 1 << 20 });
  await Deno.rename(path, scratch.path("old.img"));
  await Deno.writeFile(path, new Uint8Array(1 << 20).fill(9));
  const blocks = Array.from({ length: 20 }, () => new Uint8Array(512).fill(1));
  await Promise.all(blocks.map((block, i) => store.read(block, i * 512)));
  assertEquals(blocks.every((block) => block.every((byte) => byte === 0)), true);
  await store.close();
});

Deno.test("FileStore reports a file that was made smaller as a bad medium", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  for (const options of [loopOnly, lanesOnly]) {
    const store = await FileStore.open(path, { ...options, sizeIfMissing: 8192 });
    await store.write(new Uint8Array(512), 0);
    await Deno.truncate(path, 1024);
    const error = await assertRejects(async () => await store.read(new Uint8Array(1024), 512), MediumError);
    assertEquals(error.at, 1024);
    await assertRejects(async () => await store.flush(), MediumError, "somebody made it smaller");
    await assertRejects(() => store.close(), MediumError, "somebody made it smaller");
    await Deno.truncate(path, 8192);
  }
});

Deno.test("FileStore refuses changes when it was opened read-only", async () => {
  await using scratch = await Scratch.make();
  await Deno.writeFile(scratch.path("disk.img"), new Uint8Array(4096).fill(3));
  const store = await FileStore.open(scratch.path("disk.img"), { readOnly: true });
  const bytes = new Uint8Array(512);
  await store.read(bytes, 512);
  assertEquals(bytes[0], 3);
  assertThrows(() => store.write(bytes, 0), ReadOnlyError, "opened read-only");
  assertThrows(() => store.zero(0, 512), ReadOnlyError);
  assertThrows(() => store.unmap(0, 512), ReadOnlyError);
  assertEquals(store.flush(), undefined);
  assertEquals([store.capabilities.readOnly, store.capabilities.volatileCache], [true, false]);
  await store.close();
});

Deno.test("FileStore.zero() keeps a sparse file sparse", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await using store = await FileStore.open(path, { size: 64 << 20 });
  await store.write(new Uint8Array(4096).fill(1), 32 << 20);
  await store.zero(0, 64 << 20);
  await store.flush();
  const { blocks } = await Deno.stat(path);
  assert(blocks === null || blocks * 512 < 4 << 20, `${blocks} blocks`);
  const bytes = new Uint8Array(4096);
  await store.read(bytes, 32 << 20);
  assertEquals(bytes, new Uint8Array(4096));
});

Deno.test("FileStore flushes once what others may have written before, then only what it has written", async () => {
  await using scratch = await Scratch.make();
  await using store = await FileStore.open(scratch.path("disk.img"), { ...loopOnly, size: 4096 });
  const first = store.flush();
  assert(first instanceof Promise);
  await first;
  assertEquals(store.flush(), undefined);
  for (
    const change of [() => store.write(new Uint8Array(512), 0), () => store.zero(0, 512), () => store.unmap(0, 512)]
  ) {
    await change();
    const flushed = store.flush();
    assert(flushed instanceof Promise);
    await flushed;
    assertEquals(store.flush(), undefined);
  }
});

Deno.test("FileStore has nothing to flush when it was opened for reading only", async () => {
  await using scratch = await Scratch.make();
  await Deno.writeFile(scratch.path("disk.img"), new Uint8Array(4096));
  await using store = await FileStore.open(scratch.path("disk.img"), { readOnly: true });
  assertEquals(store.flush(), undefined);
});

Deno.test("FileStore leaves holes to the platform, where there is one", async () => {
  await using scratch = await Scratch.make();
  const calls: string[] = [];
  const platform: FilePlatform = {
    punch: (at, length) => {
      calls.push(`punch ${at} ${length}`);
      if (at === 512) throw Object.assign(new Error("Input/output error"), { code: "EIO" });
    },
    extents: (at, length) => [{ at, length, allocated: false }],
    close: () => calls.push("close"),
  };
  const store = await FileStore.open(scratch.path("disk.img"), { size: 4096, platform });
  assertEquals([store.capabilities.unmap, store.capabilities.extents], [true, true]);
  assertEquals(store.capabilities.space, false);
  await store.unmap(0, 512);
  await assertRejects(async () => await store.unmap(512, 512), StoreError, "Cannot unmap");
  assertEquals(await store.extents(0, 4096), [{ at: 0, length: 4096, allocated: false }]);
  await store.close();
  assertEquals(calls, ["punch 0 512", "punch 512 512", "close"]);
});

Deno.test("FileStore without a platform claims no holes", async () => {
  await using scratch = await Scratch.make();
  await using store = await FileStore.open(scratch.path("disk.img"), { size: 4096, platform: null });
  const { unmap, extents, unmapGranularity } = store.capabilities;
  assertEquals({ unmap, extents, unmapGranularity }, { unmap: false, extents: false, unmapGranularity: 0 });
  assertEquals(store.extents(512, 1024), [{ at: 512, length: 1024, allocated: true }]);
});

Deno.test("FileStore.close() waits for transfers, makes them stable and refuses what follows", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const store = await FileStore.open(path, { ...lanesOnly, size: 1 << 20 });
  const writes = Array.from({ length: 30 }, (_, i) => store.write(new Uint8Array(512).fill(i + 1), i * 512));
  await store.close();
  await Promise.all(writes);
  const contents = await Deno.readFile(path);
  for (let i = 0; i < 30; i++) assertEquals(contents[i * 512 + 511], i + 1);
  const bytes = new Uint8Array(512);
  assertThrows(() => store.read(bytes, 0), StoreClosedError);
  assertThrows(() => store.write(bytes, 0), StoreClosedError);
  assertThrows(() => store.flush(), StoreClosedError);
  await assertRejects(() => store.close(), StoreClosedError);
});
