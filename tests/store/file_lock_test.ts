import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { StoreOpenError } from "../../lib/store/errors.ts";
import { FileLock } from "../../lib/store/file_lock.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { Scratch } from "../support/scratch.ts";

const helper = new URL("../support/open_image.ts", import.meta.url).pathname;

/** What a second process sees when it opens the image. */
async function elsewhere(path: string, mode: "rw" | "ro"): Promise<string> {
  const args = ["run", "--quiet", "--allow-read", "--allow-write", helper, path, mode];
  const { stdout } = await new Deno.Command("deno", { args, stderr: "inherit" }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("a second process cannot open an image that is being served", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const store = await FileStore.open(path, { size: 4096 });
  const refused = `Cannot open ${path}: another process is serving it`;
  assertEquals(await Promise.all([elsewhere(path, "rw"), elsewhere(path, "ro")]), [refused, refused]);
  await store.close();
  assertEquals(await elsewhere(path, "rw"), "opened");
});

Deno.test("several processes may read an image that nobody writes", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(4096));
  const store = await FileStore.open(path, { readOnly: true });
  const refused = `Cannot open ${path}: another process is serving it`;
  assertEquals(await Promise.all([elsewhere(path, "ro"), elsewhere(path, "rw")]), ["opened", refused]);
  await store.close();
});

Deno.test("FileLock refuses the same image twice within one process, by whatever path", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(4096));
  await Deno.link(path, scratch.path("link.img"));
  const first = await Deno.open(path, { read: true, write: true });
  using second = await Deno.open(scratch.path("link.img"), { read: true, write: true });
  const lock = await FileLock.take(first, { path, exclusive: true });
  for (const exclusive of [true, false]) {
    const again = () => FileLock.take(second, { path: "link.img", exclusive });
    const error = await assertRejects(again, StoreOpenError, "Cannot open link.img: it is being served already");
    assertEquals(error.reason, "busy");
  }
  first.close();
  lock.release();
  const next = await FileLock.take(second, { path, exclusive: true });
  next.release();
});

Deno.test("FileLock lets readers in until the first writer, and a writer after the last reader", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(4096));
  const readers = await Promise.all([1, 2].map(() => FileStore.open(path, { readOnly: true })));
  for (const reader of readers) {
    await assertRejects(() => FileStore.open(path), StoreOpenError, "served already");
    await reader.close();
  }
  const writer = await FileStore.open(path);
  await writer.close();
});

Deno.test("FileLock locks a file beside the image where a lock would keep the lanes out", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(4096));
  const file = await Deno.open(path, { read: true, write: true });
  const lock = await FileLock.take(file, { path, exclusive: true, beside: true });
  const refused = `Cannot open ${path}.lock: another process is serving it`;
  assertEquals(await Promise.all([elsewhere(path, "rw"), elsewhere(`${path}.lock`, "rw")]), ["opened", refused]);
  file.close();
  lock.release();
  assertStringIncludes(await elsewhere(`${path}.lock`, "rw"), "it is empty");
});
