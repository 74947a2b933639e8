import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { StoreOpenError, type StoreOpenReason } from "../../lib/store/errors.ts";
import { openImage } from "../../lib/store/file_image.ts";
import { Scratch } from "../support/scratch.ts";

const usual = { readOnly: false, blockSize: 512 };

type Row = {
  name: string;
  /** Bytes of the file that is there. */
  has?: number;
  options?: Partial<Parameters<typeof openImage>[1]>;
  reason: StoreOpenReason;
  says: string;
};

const refused: Row[] = [
  { name: "missing", reason: "missing", says: "there is no such file; give it a size" },
  {
    name: "missing",
    options: { readOnly: true, size: 512 },
    reason: "missing",
    says: "there is no such file, and none is created to be only read",
  },
  { name: "no/such/place", options: { size: 512 }, reason: "missing", says: "there is no such directory" },
  { name: ".", reason: "kind", says: "it is a directory, not an image" },
  { name: "empty", has: 0, reason: "size", says: "it is empty; give it a size" },
  { name: "empty", has: 0, options: { readOnly: true, size: 512 }, reason: "size", says: "it is empty" },
  { name: "odd", has: 1000, reason: "size", says: "1000 bytes is no multiple of the block size 512, 1024 would be" },
  { name: "new", options: { size: 1000 }, reason: "size", says: "Cannot create" },
  { name: "block", has: 512, options: { blockSize: 4096 }, reason: "size", says: "512 bytes is no multiple" },
  { name: "block", has: 512, options: { blockSize: 1000 }, reason: "spec", says: "no power of two" },
  { name: "small", has: 512, options: { size: 1024 }, reason: "size", says: "or lengthen it: truncate -s 1024" },
  { name: "big", has: 1024, options: { size: 512 }, reason: "size", says: "or take another file" },
];

Deno.test("openImage() refuses what is no image as it should be, and says how to go on", async () => {
  await using scratch = await Scratch.make();
  for (const { name, has, options, reason, says } of refused) {
    const path = scratch.path(name);
    if (has !== undefined) await Deno.writeFile(path, new Uint8Array(has));
    const before = await Deno.stat(path).catch(() => undefined);
    const error = await assertRejects(() => openImage(path, { ...usual, ...options }), StoreOpenError, says);
    assertEquals(error.reason, reason, says);
    assertEquals((await Deno.stat(path).catch(() => undefined))?.size, before?.size, says);
  }
});

Deno.test("openImage() refuses devices that have no blocks", async () => {
  if (Deno.build.os === "windows") return;
  await assertRejects(() => openImage("/dev/null", usual), StoreOpenError, "neither a file nor a block device");
});

Deno.test("openImage() creates a missing image sparse, and fills an empty one", async () => {
  await using scratch = await Scratch.make();
  await Deno.writeFile(scratch.path("empty"), new Uint8Array());
  for (const name of ["missing", "empty"]) {
    // The second time around it is there.
    for (const options of [{ size: 1 << 30 }, { size: 1 << 30 }, { sizeIfMissing: 512 }]) {
      const image = await openImage(scratch.path(name), { ...usual, ...options });
      assertEquals([image.size, image.sparse, image.blockDevice], [1 << 30, true, false]);
      image.file.close();
      image.lock.release();
    }
    const { blocks } = await Deno.stat(scratch.path(name));
    assertEquals(blocks === null || blocks < 1000, true);
  }
});

Deno.test("openImage() leaves the size of an image alone when it is only asked for in case", async () => {
  await using scratch = await Scratch.make();
  await Deno.writeFile(scratch.path("disk.img"), new Uint8Array(4096));
  const image = await openImage(scratch.path("disk.img"), { ...usual, sizeIfMissing: 1 << 30 });
  assertEquals([image.size, image.sparse], [4096, false]);
  image.file.close();
  image.lock.release();
});

Deno.test("openImage() does not reopen a file that has taken the image's place", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const image = await openImage(path, { ...usual, size: 4096 });
  (await image.reopen()).close();
  await Deno.rename(path, scratch.path("old.img"));
  await assertRejects(() => image.reopen(), StoreOpenError);
  await Deno.writeFile(path, new Uint8Array(4096));
  await assertRejects(() => image.reopen(), StoreOpenError, "it is another file by now");
  image.file.close();
  image.lock.release();
});

Deno.test("openImage() leaves nothing behind when the size cannot be had", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const size = Number.MAX_SAFE_INTEGER - 511;
  const error = await openImage(path, { ...usual, size }).then((image) => {
    image.file.close();
    image.lock.release();
  }, (error) => error);
  // Some file systems take any size.
  if (error !== undefined) {
    assertEquals(error instanceof StoreOpenError, true);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  }
});

/** A block device that there is, if any. */
const device = ["/dev/loop0", "/dev/vda", "/dev/sda", "/dev/nvme0n1"].find((path) => {
  try {
    return Deno.statSync(path).isBlockDevice;
  } catch {
    return false;
  }
});

Deno.test({
  name: "openImage() says how devices are opened to a program that may not",
  ignore: device === undefined,
  permissions: { read: true, write: true },
  fn: async () => {
    const error = await assertRejects(() => openImage(device ?? "", usual), StoreOpenError);
    assertEquals(error.reason, "permission");
    assertStringIncludes(error.message, `Cannot open ${device}: the runtime opens devices only for programs that have`);
  },
});
