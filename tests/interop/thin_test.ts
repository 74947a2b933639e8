import { assert, assertEquals } from "@std/assert";
import { run } from "../../scripts/command.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

/** What a file takes up on its disk. */
async function taken(path: string): Promise<number> {
  return ((await Deno.stat(path)).blocks ?? 0) * 512;
}

Deno.test({
  name: "qemu-io gives space back that du sees, and reads zeros there",
  ...requires("qemu-io"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const image = await sparse(scratch.path("disk.img"), 64 * MIB);
    await whileServing({ images: [image] }, async (served) => {
      const io = (...commands: readonly string[]) =>
        run(["qemu-io", "-f", "raw", "-d", "unmap", ...commands.flatMap((command) => ["-c", command]), served.url()]);
      await io("write -P 0x55 0 32M", "flush");
      const full = await taken(image);
      assert(full >= 32 * MIB);
      await io("discard 4M 16M", "flush");
      assertEquals(full - await taken(image), 16 * MIB);
      await io("read -P 0x55 0 4M", "read -P 0 4M 16M", "read -P 0x55 20M 12M");
      // WRITE SAME with UNMAP.
      await io("write -z -u 20M 8M", "flush");
      assertEquals(full - await taken(image), 24 * MIB);
      await io("read -P 0 20M 8M", "read -P 0x55 28M 4M");
    });
    assertEquals((await Deno.stat(image)).size, 64 * MIB);
  },
});

Deno.test({
  name: "qemu-img finds the holes of an image with GET LBA STATUS",
  ...requires("qemu-io", "qemu-img"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const image = await sparse(scratch.path("disk.img"), 64 * MIB);
    await whileServing({ images: [image] }, async (served) => {
      await run(["qemu-io", "-f", "raw", "-c", "write -P 1 8M 1M", "-c", "flush", served.url()]);
      const map = JSON.parse(await run(["qemu-img", "map", "-f", "raw", "--output=json", served.url()]));
      const data = map.filter((extent: { data: boolean }) => extent.data);
      assertEquals(data.map(({ start, length }: { start: number; length: number }) => [start, length]), [[
        8 * MIB,
        MIB,
      ]]);
    });
  },
});

Deno.test({
  name: "an image that is thick keeps its space",
  ...requires("qemu-io"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const path = await sparse(scratch.path("disk.img"), 8 * MIB);
    await whileServing({ images: [], args: ["--image", `${path},thick`] }, async (served) => {
      await run(["qemu-io", "-f", "raw", "-d", "unmap", "-c", "write -P 1 0 8M", "-c", "discard 0 8M", served.url()]);
      assertEquals(await taken(path), 8 * MIB);
    });
  },
});
