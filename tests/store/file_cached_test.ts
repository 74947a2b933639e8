import { assert, assertEquals } from "@std/assert";
import { type CachedReads, openCachedReads } from "../../lib/store/file_cached.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { Prng } from "../support/prng.ts";
import { Scratch } from "../support/scratch.ts";
import { compareWithArray } from "../support/store_model.ts";

/** Reads of a file of `size` bytes that count up, or nothing where the system has no such reads. */
async function opened(scratch: Scratch, size: number): Promise<CachedReads | undefined> {
  const path = scratch.path("counting.img");
  await Deno.writeFile(path, Uint8Array.from({ length: size }, (_, i) => i));
  return openCachedReads({ path, info: await Deno.stat(path) });
}

/** Knows the first `cached` bytes of what `store` has, as a page cache would. */
function partly(bytes: Uint8Array, cached: number): CachedReads {
  return {
    read(into, at) {
      const length = Math.min(into.length, cached - at);
      if (length <= 0) return -1;
      into.set(bytes.subarray(at, at + length));
      return length;
    },
    close() {},
  };
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
  const path = scratch.path("far.img");
  const at = 2 ** 33 + 512;
  using file = await Deno.open(path, { createNew: true, write: true });
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(new Uint8Array(512).fill(9));
  const reads = openCachedReads({ path, info: await Deno.stat(path) });
  if (reads === undefined) return;
  const bytes = new Uint8Array(512);
  assertEquals([reads.read(bytes, at), bytes[0], bytes[511]], [512, 9, 9]);
  reads.close();
});

Deno.test("openCachedReads() needs no permission any more once it is open", async () => {
  const module = new URL("../../lib/store/file_cached.ts", import.meta.url);
  const program = `
    import { openCachedReads } from "${module}";
    const path = Deno.args[0];
    const reads = openCachedReads({ path, info: Deno.statSync(path) });
    for (const name of ["ffi", "read", "write"]) Deno.permissions.revokeSync({ name });
    console.log(reads?.read(new Uint8Array(8), 0) ?? 8);`;
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const url = `data:text/typescript,${encodeURIComponent(program)}`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", url, path] })
    .output();
  assertEquals(new TextDecoder().decode(stdout), "8\n", new TextDecoder().decode(stderr));
});

Deno.test("openCachedReads() does not read another file than it is told of", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const info = { ...await Deno.stat(path), ino: -1 };
  assertEquals(openCachedReads({ path, info }), undefined);
  assertEquals(openCachedReads({ path: scratch.path("missing"), info }), undefined);
});

Deno.test("FileStore reads on the loop what is cached, and fetches the rest in the lanes", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const bytes = Uint8Array.from({ length: 4096 }, (_, i) => i % 251);
  await Deno.writeFile(path, bytes);
  for (const [cached, at, onLoop] of [[4096, 512, true], [1024, 512, false], [512, 512, false]] as const) {
    const store = await FileStore.open(path, { cachedReads: partly(bytes, cached) });
    const into = new Uint8Array(1024);
    const reading = store.read(into, at);
    assertEquals(reading === undefined, onLoop);
    await reading;
    assertEquals(into, bytes.slice(at, at + 1024));
    await store.close();
  }
});

Deno.test("FileStore fetches in the lanes what is large, cached or not", async () => {
  await using scratch = await Scratch.make();
  const bytes = new Uint8Array(8192).fill(3);
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, bytes);
  const store = await FileStore.open(path, { cachedReads: partly(bytes, 8192), policy: { large: 4096 } });
  const into = new Uint8Array(4096);
  const reading = store.read(into, 0);
  assert(reading instanceof Promise);
  await reading;
  assertEquals(into[4095], 3);
  await store.close();
});

Deno.test("FileStore with cached reads keeps what an array keeps", async () => {
  await using scratch = await Scratch.make();
  await using store = await FileStore.open(scratch.path("disk.img"), { size: 96 * 1024 });
  await compareWithArray(store, new Prng(11), 400);
});
