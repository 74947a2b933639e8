import { assertEquals } from "@std/assert";
import { type CachedReads, openCachedReads } from "../../lib/store/file_cached.ts";
import { FAR, farFile } from "../support/far_file.ts";
import { runWithout } from "../support/run_without.ts";
import { Scratch } from "../support/scratch.ts";

/** Reads of a file of `size` bytes that count up, or nothing where the system has no such reads. */
async function opened(scratch: Scratch, size: number): Promise<CachedReads | undefined> {
  const path = scratch.path("counting.img");
  await Deno.writeFile(path, Uint8Array.from({ length: size }, (_, i) => i));
  return openCachedReads({ path, info: await Deno.stat(path) });
}

Deno.test("openCachedReads() reads what is cached, into any part of any buffer", async () => {
  await using scratch = await Scratch.make();
  const reads = await opened(scratch, 4096);
  if (reads === undefined) return;
  const bytes = new Uint8Array(64);
  assertEquals(reads.read(bytes.subarray(8, 12), 256 + 5), 4);
  assertEquals([...bytes.subarray(7, 13)], [0, 5, 6, 7, 8, 0]);
  const other = new Uint8Array(2);
  assertEquals([reads.read(other, 7), ...other], [2, 7, 8]);
  assertEquals(reads.read(bytes.subarray(63), 9), 1);
  assertEquals(bytes[63], 9);
  reads.close();
});

Deno.test("openCachedReads() says how much was there at the end of the file", async () => {
  await using scratch = await Scratch.make();
  const reads = await opened(scratch, 1000);
  if (reads === undefined) return;
  assertEquals([reads.read(new Uint8Array(512), 512), reads.read(new Uint8Array(512), 1024)], [488, 0]);
  reads.close();
});

Deno.test("openCachedReads() finds its way beyond 4 GiB", async () => {
  await using scratch = await Scratch.make();
  const reads = openCachedReads(await farFile(scratch));
  if (reads === undefined) return;
  const bytes = new Uint8Array(512);
  assertEquals([reads.read(bytes, FAR), bytes[0], bytes[511]], [512, 9, 9]);
  reads.close();
});

Deno.test("openCachedReads() needs no permission any more once it is open", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const said = await runWithout(
    ["ffi", "read", "write"],
    {
      before: `import { openCachedReads } from "${new URL("../../lib/store/file_cached.ts", import.meta.url)}";
      const path = Deno.args[0];
      const reads = openCachedReads({ path, info: Deno.statSync(path) });`,
      after: `console.log(reads?.read(new Uint8Array(8), 0) ?? 8);`,
    },
    path,
  );
  assertEquals(said, "8\n");
});

Deno.test("openCachedReads() does not read another file than it is told of", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const info = { ...await Deno.stat(path), ino: -1 };
  assertEquals(openCachedReads({ path, info }), undefined);
  assertEquals(openCachedReads({ path: scratch.path("missing"), info }), undefined);
});
