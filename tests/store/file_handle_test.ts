import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MediumError, ReadOnlyError, StoreGoneError } from "../../lib/store/errors.ts";
import { FileHandle } from "../../lib/store/file_handle.ts";
import { Scratch } from "../support/scratch.ts";

async function opened(scratch: Scratch, contents: number): Promise<FileHandle> {
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, Uint8Array.from({ length: contents }, (_, i) => i % 251));
  return new FileHandle(await Deno.open(path, { read: true, write: true }), "disk.img");
}

Deno.test("FileHandle reads and writes wherever it was before", async () => {
  await using scratch = await Scratch.make();
  const handle = await opened(scratch, 4096);
  const bytes = new Uint8Array(4);
  handle.readNow(bytes, 1000);
  assertEquals([...bytes], [247, 248, 249, 250]);
  handle.readNow(bytes, 1004);
  assertEquals([...bytes], [0, 1, 2, 3]);
  handle.writeNow(bytes, 8);
  await handle.read(bytes, 6);
  assertEquals([...bytes], [6, 7, 0, 1]);
  await handle.write(bytes, 0);
  handle.readNow(bytes, 0);
  assertEquals([...bytes], [6, 7, 0, 1]);
  handle.close();
});

Deno.test("FileHandle reports a file that ends too early as a bad medium, where it ends", async () => {
  await using scratch = await Scratch.make();
  const handle = await opened(scratch, 1000);
  const now = assertThrows(() => handle.readNow(new Uint8Array(512), 600), MediumError, "the file ends there");
  const later = await assertRejects(() => handle.read(new Uint8Array(512), 600), MediumError, "the file ends there");
  assertEquals([now.at, later.at], [1000, 1000]);
  handle.readNow(new Uint8Array(512), 400);
  handle.close();
});

Deno.test("FileHandle knows where it is after a failure", async () => {
  await using scratch = await Scratch.make();
  const handle = await opened(scratch, 1000);
  const bytes = new Uint8Array(2);
  handle.readNow(new Uint8Array(502), 0);
  assertThrows(() => handle.readNow(new Uint8Array(512), 502));
  handle.readNow(bytes, 502);
  assertEquals([...bytes], [0, 1]);
  await assertRejects(() => handle.read(new Uint8Array(512), 504));
  await handle.read(bytes, 504);
  assertEquals([...bytes], [2, 3]);
  handle.close();
});

Deno.test("FileHandle makes StoreErrors of the system's errors", async () => {
  await using scratch = await Scratch.make();
  const handle = await opened(scratch, 1000);
  handle.close();
  assertThrows(() => handle.readNow(new Uint8Array(8), 0), StoreGoneError);
  await assertRejects(() => handle.write(new Uint8Array(8), 0), StoreGoneError);
  const reading = new FileHandle(await Deno.open(scratch.path("disk.img")), "disk.img");
  assertThrows(() => reading.writeNow(new Uint8Array(8), 0), ReadOnlyError);
  await assertRejects(() => reading.write(new Uint8Array(8), 0), ReadOnlyError);
  reading.close();
});
