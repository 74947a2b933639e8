import { assertEquals, assertRejects } from "@std/assert";
import { StoreOpenError } from "../../lib/store/errors.ts";
import { createImage } from "../../lib/store/file_create.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { Scratch } from "../support/scratch.ts";

Deno.test("createImage() makes a sparse file of zeros", async () => {
  await using scratch = await Scratch.make();
  await createImage(scratch.path("disk.img"), 1 << 30);
  const { size, blocks } = await Deno.stat(scratch.path("disk.img"));
  assertEquals([size, (blocks ?? 0) < 1000], [1 << 30, true]);
});

Deno.test("createImage() writes everything when it preallocates, and reports progress", async () => {
  await using scratch = await Scratch.make();
  const reports: number[] = [];
  const size = (2 << 20) + 512;
  await createImage(scratch.path("disk.img"), size, { preallocate: true, progress: (done) => reports.push(done) });
  const { blocks } = await Deno.stat(scratch.path("disk.img"));
  assertEquals([reports, blocks === null || blocks * 512 >= size], [[1 << 20, 2 << 20, size], true]);
});

Deno.test("createImage() overwrites only when told to, and never an image that is being served", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(1000).fill(7));
  await assertRejects(() => createImage(path, 4096), StoreOpenError, "it exists already");
  await createImage(path, 4096, { overwrite: true });
  assertEquals(await Deno.readFile(path), new Uint8Array(4096));
  const store = await FileStore.open(path);
  await assertRejects(() => createImage(path, 8192, { overwrite: true }), StoreOpenError, "served already");
  assertEquals((await Deno.stat(path)).size, 4096);
  await store.close();
  await assertRejects(() => createImage(scratch.directory, 4096, { overwrite: true }), StoreOpenError, "it is no file");
});

Deno.test("createImage() refuses a size that is not made of blocks, and makes no file", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await assertRejects(() => createImage(path, 1000), StoreOpenError, "no multiple of the block size 512");
  await assertRejects(() => createImage(path, 512, { blockSize: 4096 }), StoreOpenError, "block size 4096");
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
});
