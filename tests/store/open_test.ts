import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { StoreOpenError } from "../../lib/store/errors.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { ReadOnlyStore } from "../../lib/store/filters/read_only.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { NullStore } from "../../lib/store/null_store.ts";
import { openStore, parseStoreSpec, type StoreSpec } from "../../lib/store/open.ts";
import { Scratch } from "../support/scratch.ts";

const specs: [string, StoreSpec][] = [
  ["disk.img", { kind: "file", path: "disk.img", size: undefined }],
  ["file:disk.img", { kind: "file", path: "disk.img", size: undefined }],
  ["FILE:a:b", { kind: "file", path: "a:b", size: undefined }],
  ["C:\\disk.img", { kind: "file", path: "C:\\disk.img", size: undefined }],
  ["d:disk.img", { kind: "file", path: "d:disk.img", size: undefined }],
  ["\\\\nas\\share\\disk.img", { kind: "file", path: "\\\\nas\\share\\disk.img", size: undefined }],
  ["\\\\?\\C:\\disk.img", { kind: "file", path: "\\\\?\\C:\\disk.img", size: undefined }],
  ["./nbd:x", { kind: "file", path: "./nbd:x", size: undefined }],
  ["memory:1G", { kind: "memory", path: "", size: 2 ** 30 }],
  ["memory:", { kind: "memory", path: "", size: undefined }],
  ["null:1T", { kind: "null", path: "", size: 2 ** 40 }],
];

Deno.test("parseStoreSpec() takes specifications to pieces", () => {
  for (const [text, spec] of specs) assertEquals(parseStoreSpec(text), spec, text);
});

Deno.test("parseStoreSpec() says what is wrong", () => {
  assertThrows(() => parseStoreSpec("nbd:host"), StoreOpenError, "write file:nbd:host");
  assertThrows(() => parseStoreSpec("memory:much"), StoreOpenError, "much is no size");
  assertThrows(() => parseStoreSpec(""), StoreOpenError, "the path is missing");
  assertThrows(() => parseStoreSpec("file:"), StoreOpenError, "the path is missing");
});

Deno.test("openStore() opens stores of each kind", async () => {
  await using scratch = await Scratch.make();
  const file = await openStore(scratch.path("disk.img"), { sizeIfMissing: 1 << 20, blockSize: 4096, rotational: true });
  assert(file instanceof FileStore);
  assertEquals([file.size, file.blockSize, file.capabilities.rotational], [1 << 20, 4096, true]);
  await file.close();
  const readOnly = await openStore(`file:${scratch.path("disk.img")}`, { size: 1 << 20, readOnly: true });
  assertEquals(readOnly.capabilities.readOnly, true);
  await readOnly.close();
  assertInstanceOf(await openStore("memory:1G", { sizeIfMissing: 512 }), MemoryStore);
  assertEquals((await openStore("memory:", { sizeIfMissing: 4096, blockSize: 4096 })).blockSize, 4096);
  assertInstanceOf(await openStore("null:1T", { readOnly: false }), NullStore);
  assertInstanceOf(await openStore("null:1T", { readOnly: true }), ReadOnlyStore);
});

Deno.test("openStore() refuses sizes that are missing, contradict each other, or are not made of blocks", async () => {
  await assertRejects(() => openStore("memory:"), StoreOpenError, "it needs a size");
  await assertRejects(() => openStore("memory:1G", { size: 512 }), StoreOpenError, "say only one");
  await assertRejects(() => openStore("memory:1000"), StoreOpenError, "1000 bytes do not make blocks of 512");
  await assertRejects(() => openStore("null:1000", { blockSize: 512 }), StoreOpenError, "do not make blocks");
});
