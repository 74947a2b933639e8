import { assert, assertEquals, assertRejects } from "@std/assert";
import { MediumError } from "../../lib/store/errors.ts";
import type { CachedReads } from "../../lib/store/file_cached.ts";
import type { WaitingReads } from "../../lib/store/file_ring.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { Prng } from "../support/prng.ts";
import { Scratch } from "../support/scratch.ts";
import { compareWithArray } from "../support/store_model.ts";

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

Deno.test("reads happen on the loop where the file is cached, and in the lanes where it is not", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const bytes = Uint8Array.from({ length: 4096 }, (_, i) => i % 251);
  await Deno.writeFile(path, bytes);
  for (const [cached, at, onLoop] of [[4096, 512, true], [1024, 512, false], [512, 512, false]] as const) {
    const store = await FileStore.open(path, { cachedReads: partly(bytes, cached), waitingReads: null });
    const into = new Uint8Array(1024);
    const reading = store.read(into, at);
    assertEquals(reading === undefined, onLoop);
    await reading;
    assertEquals(into, bytes.slice(at, at + 1024));
    await store.close();
  }
});

Deno.test("reads that are large do not happen on the loop, cached or not", async () => {
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

Deno.test("a file that is read by all ways keeps what an array keeps", async () => {
  await using scratch = await Scratch.make();
  await using store = await FileStore.open(scratch.path("disk.img"), { size: 96 * 1024 });
  await compareWithArray(store, new Prng(11), 400);
});

/** Gives `length` bytes of what it is asked for, all 7s, or an error, or finds no room. */
function giving(length: number | undefined): WaitingReads {
  return {
    read(into) {
      if (length === undefined) return undefined;
      into.fill(7, 0, Math.max(0, length));
      return Promise.resolve(length);
    },
    close: () => Promise.resolve(),
  };
}

for (
  const [story, length] of [
    ["has no room", undefined],
    ["meets an error", -5],
    ["comes to an end too early", 100],
    ["gives all", 512],
  ] as const
) {
  Deno.test(`reads that wait are finished in the lanes when the ring ${story}`, async () => {
    await using scratch = await Scratch.make();
    const path = scratch.path("disk.img");
    await Deno.writeFile(path, new Uint8Array(1024).fill(1));
    const options = { cachedReads: partly(new Uint8Array(0), 0), waitingReads: giving(length) };
    await using store = await FileStore.open(path, options);
    const into = new Uint8Array(512);
    await store.read(into, 512);
    const given = Math.max(0, length ?? 0);
    assertEquals(into, new Uint8Array(512).fill(7, 0, given).fill(1, given));
  });
}

Deno.test("reads beyond the end of a file that somebody made smaller say where it ends", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await using store = await FileStore.open(path, { size: 8192 });
  await Deno.truncate(path, 4096 + 512);
  const error = await assertRejects(async () => await store.read(new Uint8Array(1024), 4096), MediumError);
  assertEquals(error.at, 4096 + 512);
  await Deno.truncate(path, 8192);
});

/** What this process has open and mapped of a file and of rings (proc(5)): looking by itself takes all permissions. */
async function held(path: string): Promise<{ descriptors: number; rings: number; mappings: number }> {
  const words = ["-c", 'ls -l "/proc/$1/fd"; cat "/proc/$1/maps"', "sh", String(Deno.pid)];
  const { stdout } = await new Deno.Command("sh", { args: words, stderr: "null" }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const ending = (end: string) => lines.filter((line) => line.endsWith(end)).length;
  return {
    descriptors: ending(`-> ${path}`),
    rings: ending("-> anon_inode:[io_uring]"),
    mappings: ending(" anon_inode:[io_uring]") - ending("-> anon_inode:[io_uring]"),
  };
}

Deno.test({
  name: "FileStore.close() leaves no descriptor and no mapping behind, whether it was opened well or not",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using scratch = await Scratch.make();
    const path = await Deno.realPath(scratch.directory) + "/disk.img";
    await Deno.writeFile(path, new Uint8Array(1 << 20).fill(5));
    const before = await held(path);
    for (let round = 0; round < 30; round++) {
      const store = await FileStore.open(path, { cachedReads: partly(new Uint8Array(0), 0) });
      const into = new Uint8Array(4096);
      const reads = Array.from({ length: round }, (_, i) => store.read(into, i * 4096));
      if (round === 0) assert((await held(path)).descriptors > before.descriptors);
      const closing = store.close();
      await Promise.all(reads);
      await closing;
      assertEquals(into[0], round === 0 ? 0 : 5);
      // The same file is no disk of this size, and its lock is free again.
      await assertRejects(() => FileStore.open(path, { size: 512, blockSize: 512 }));
    }
    assertEquals(await held(path), before);
  },
});
