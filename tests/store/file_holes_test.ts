import { assert, assertEquals } from "@std/assert";
import { holeLibraries, openHoles } from "../../lib/store/file_holes.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { Prng } from "../support/prng.ts";
import { Scratch } from "../support/scratch.ts";
import { compareWithArray } from "../support/store_model.ts";

const mayCall = holeLibraries().some((path) => Deno.permissions.querySync({ name: "ffi", path }).state === "granted");

/** Without the permission to call the system there is nothing to test. */
const ignore = !mayCall;

Deno.test("openHoles() finds nothing for a device", async () => {
  const info = { isFile: false } as Deno.FileInfo;
  assertEquals(await openHoles({ path: "/dev/null", info, readOnly: false }), undefined);
});

Deno.test("holeLibraries() names libraries by whole paths, as --allow-ffi wants them", () => {
  for (const os of ["linux", "darwin", "windows"] as const) {
    assert(holeLibraries(os).length > 0);
    for (const path of holeLibraries(os)) assert(/^([A-Z]:)?\//.test(path), path);
  }
  assertEquals(holeLibraries("freebsd"), []);
});

Deno.test("the serve task may call the libraries of all systems, and no others", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const libraries = (["linux", "darwin", "windows"] as const).flatMap((os) => holeLibraries(os));
  assert(tasks.serve.command.includes(` --allow-ffi=${libraries.join(",")} `));
});

Deno.test({
  name: "FileStore gives space back to the file system, and knows what it gave",
  ignore,
  async fn() {
    await using scratch = await Scratch.make();
    const path = scratch.path("disk.img");
    await using store = await FileStore.open(path, { size: 8 << 20 });
    if (!store.capabilities.unmap) return;
    const granularity = store.capabilities.unmapGranularity ?? 0;
    assert(granularity >= 512 && Number.isInteger(Math.log2(granularity)));
    await store.write(new Uint8Array(4 << 20).fill(7), 0);
    await store.flush();
    const full = (await Deno.stat(path)).blocks ?? 0;
    await store.unmap(1 << 20, 2 << 20);
    await store.flush();
    assertEquals(await store.extents(0, 8 << 20), [
      { at: 0, length: 1 << 20, allocated: true },
      { at: 1 << 20, length: 2 << 20, allocated: false },
      { at: 3 << 20, length: 1 << 20, allocated: true },
      { at: 4 << 20, length: 4 << 20, allocated: false },
    ]);
    const { blocks, size } = await Deno.stat(path);
    if (blocks !== null) assert(full - blocks >= (2 << 20) / 512, `${full} blocks became ${blocks}`);
    assertEquals(size, 8 << 20);
    const space = await store.space();
    if (Deno.build.os !== "windows") {
      assertEquals(space?.used, (blocks ?? 0) * 512);
      assert((space?.available ?? 0) > 0);
    }
    const bytes = new Uint8Array(4 << 20);
    await store.read(bytes, 0);
    assertEquals([bytes[(1 << 20) - 1], bytes[1 << 20], bytes[(3 << 20) - 1], bytes[3 << 20]], [7, 0, 0, 7]);
  },
});

Deno.test({
  name: "FileStore with holes keeps what an array keeps",
  ignore,
  async fn() {
    await using scratch = await Scratch.make();
    await using store = await FileStore.open(scratch.path("disk.img"), { size: 96 * 1024 });
    await compareWithArray(store, new Prng(5), 400);
  },
});

Deno.test({
  name: "FileStore that is read-only knows its holes and makes none",
  ignore,
  async fn() {
    await using scratch = await Scratch.make();
    const path = scratch.path("disk.img");
    await (await FileStore.open(path, { size: 1 << 20 })).close();
    await using store = await FileStore.open(path, { readOnly: true });
    assertEquals(store.capabilities.unmap, false);
    if (!store.capabilities.extents) return;
    assertEquals(await store.extents(0, 1 << 20), [{ at: 0, length: 1 << 20, allocated: false }]);
  },
});
