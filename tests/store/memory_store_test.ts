import { assertEquals, assertThrows } from "@std/assert";
import { OutOfSpaceError, StoreClosedError } from "../../lib/store/errors.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { Prng } from "../support/prng.ts";
import { compareWithArray } from "../support/store_model.ts";

function block(value: number, length = 512): Uint8Array {
  return new Uint8Array(length).fill(value);
}

function readBack(store: MemoryStore, at: number, length = 512): Uint8Array {
  const bytes = block(0xee, length);
  store.read(bytes, at);
  return bytes;
}

Deno.test("MemoryStore keeps what an array keeps", async () => {
  for (const pageSize of [512, 4096, 65536]) {
    const store = new MemoryStore(200 * 1024, { pageSize });
    await compareWithArray(store, new Prng(pageSize), 600);
  }
});

Deno.test("MemoryStore with a volatile cache keeps what an array keeps", async () => {
  await compareWithArray(new MemoryStore(96 * 1024, { pageSize: 4096, volatileCache: true }), new Prng(7), 600);
});

Deno.test("MemoryStore allocates pages on the first write and frees them on unmap", () => {
  const store = new MemoryStore(2 ** 40, { pageSize: 65536 });
  readBack(store, 2 ** 39);
  assertEquals(store.allocated, 0);
  store.write(block(1, 1024), 65536 - 512);
  assertEquals(store.allocated, 2 * 65536);
  store.unmap(65536, 65536);
  assertEquals(store.allocated, 65536);
  assertEquals(readBack(store, 65536 - 512), block(1));
  store.unmap(65536 - 512, 512);
  assertEquals(store.allocated, 0);
  store.write(block(2), 2 ** 40 - 512);
  store.zero(0, 2 ** 40);
  assertEquals(store.allocated, 0);
});

Deno.test("MemoryStore.extents() shows pages in use, cut to the range", () => {
  const store = new MemoryStore(2 ** 40, { pageSize: 65536 });
  store.write(block(1, 131072), 65536);
  assertEquals(store.extents(512, 2 ** 30), [
    { at: 512, length: 65024, allocated: false },
    { at: 65536, length: 131072, allocated: true },
    { at: 196608, length: 2 ** 30 + 512 - 196608, allocated: false },
  ]);
  assertEquals(store.extents(66048, 512), [{ at: 66048, length: 512, allocated: true }]);
});

Deno.test("MemoryStore.lose() brings back the last flush", () => {
  const store = new MemoryStore(1 << 20, { volatileCache: true });
  store.write(block(1), 0);
  store.flush();
  store.write(block(2), 0);
  store.write(block(3), 65536);
  store.unmap(0, 65536);
  store.lose();
  assertEquals(readBack(store, 0), block(1));
  assertEquals(readBack(store, 65536), block(0));
  assertEquals(store.allocated, 65536);
});

Deno.test("MemoryStore.lose() is refused without a volatile cache", () => {
  assertThrows(() => new MemoryStore(512).lose(), TypeError, "no volatile cache");
});

Deno.test("MemoryStore.write() fails when the limit is reached, and works again after unmap", () => {
  const store = new MemoryStore(1 << 20, { limit: 65536 });
  store.write(block(1), 0);
  const error = assertThrows(() => store.write(block(2), 65536), OutOfSpaceError);
  assertEquals(error.code, "out-of-space");
  store.unmap(0, 65536);
  store.write(block(2), 65536);
  assertEquals(readBack(store, 65536), block(2));
});

Deno.test("MemoryStore says what it can do", () => {
  const capabilities = {
    readOnly: false,
    volatileCache: false,
    unmap: true,
    extents: true,
    rotational: false,
    unmapGranularity: 65536,
    atomicLength: 512,
    space: true,
  };
  assertEquals(new MemoryStore(512).capabilities, capabilities);
  assertEquals(new MemoryStore(512, { volatileCache: true }).capabilities, { ...capabilities, volatileCache: true });
});

Deno.test("MemoryStore.writeAtomic() writes all or, when the limit is in the way, nothing", () => {
  const store = new MemoryStore(4 * 4096, { pageSize: 4096, limit: 2 * 4096 });
  store.write(new Uint8Array(4096).fill(1), 0);
  assertThrows(() => store.writeAtomic(new Uint8Array(3 * 4096).fill(2), 0), OutOfSpaceError);
  const bytes = new Uint8Array(4096);
  store.read(bytes, 0);
  assertEquals(bytes, new Uint8Array(4096).fill(1));
  store.unmap(4096, 4096);
  store.writeAtomic(new Uint8Array(8192).fill(2), 0);
  store.read(bytes, 4096);
  assertEquals(bytes, new Uint8Array(4096).fill(2));
});

Deno.test("MemoryStore.space() tells what is in use and what may still be", () => {
  const store = new MemoryStore(4 * 4096, { pageSize: 4096, limit: 3 * 4096 });
  store.write(new Uint8Array(512), 0);
  assertEquals(store.space(), { used: 4096, available: 2 * 4096 });
});

Deno.test("MemoryStore refuses sizes that do not fit", () => {
  for (const size of [0, -512, 100, 1.5, NaN, Infinity]) assertThrows(() => new MemoryStore(size), RangeError);
  assertThrows(() => new MemoryStore(4096, { blockSize: 1000 }), RangeError);
  assertThrows(() => new MemoryStore(4096, { blockSize: 4096, pageSize: 512 }), RangeError);
});

Deno.test("MemoryStore refuses everything when it is closed", () => {
  const store = new MemoryStore(512);
  store.close();
  assertThrows(() => store.read(block(0), 0), StoreClosedError);
  assertThrows(() => store.write(block(0), 0), StoreClosedError);
  assertThrows(() => store.flush(), StoreClosedError);
  assertThrows(() => store.close(), StoreClosedError);
});
