import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { StoreError, StoreOpenError } from "../../lib/store/errors.ts";
import { FileNotes } from "../../lib/store/file_notes.ts";
import { Scratch } from "../support/scratch.ts";

async function scratchWithImage(): Promise<{ scratch: Scratch; image: string }> {
  const scratch = await Scratch.make();
  const image = scratch.path("disk.img");
  await Deno.writeFile(image, new Uint8Array(512));
  return { scratch, image };
}

async function opened(image: string): Promise<FileNotes> {
  const notes = await FileNotes.open(image);
  assert(notes !== undefined);
  return notes;
}

Deno.test("FileNotes.open() makes an identity once", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  const first = await opened(image);
  assertMatch(first.id, /^[0-9a-f]{32}$/);
  assertEquals(first.path, `${image}.lunbox`);
  assertEquals((await opened(image)).id, first.id);
  await Deno.writeFile(scratch.path("other.img"), new Uint8Array(512));
  assert((await opened(scratch.path("other.img"))).id !== first.id);
});

Deno.test("FileNotes.write() keeps fields that it does not know", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  const id = "00112233445566778899aabbccddeeff";
  await Deno.writeTextFile(`${image}.lunbox`, JSON.stringify({ version: 1, id, later: { deep: [1, null] } }));
  const notes = await opened(image);
  await Promise.all([notes.write("a", 1), notes.write("b", ["x"]), notes.write("a", 2), notes.write("gone", 1)]);
  await notes.write("gone", undefined);
  const again = await opened(image);
  assertEquals([again.id, again.read("a"), again.read("b"), again.read("gone")], [id, 2, ["x"], undefined]);
  assertEquals(again.read("later"), { deep: [1, null] });
  const names = [];
  for await (const entry of Deno.readDir(scratch.directory)) names.push(entry.name);
  assertEquals(names.sort(), ["disk.img", "disk.img.lunbox"]);
});

Deno.test("FileNotes.write() refuses to change the identity", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  await assertRejects(async () => await (await opened(image)).write("id", "x"), TypeError, "it is fixed");
});

Deno.test("FileNotes.write() fails with a StoreError, forgets what it refused, and works again later", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  const notes = await opened(image);
  await Deno.remove(notes.path);
  await Deno.mkdir(notes.path);
  await assertRejects(() => notes.write("a", 1), StoreError, "Cannot write");
  await Deno.remove(notes.path);
  await notes.write("b", 2);
  const again = await opened(image);
  assertEquals([notes.read("a"), again.read("a"), again.read("b")], [undefined, undefined, 2]);
});

Deno.test("FileNotes.open() refuses notes that it cannot understand rather than to replace them", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  const rows: [string, string][] = [
    ["", "it is no JSON"],
    ["[]", "it is no object"],
    [`{"version":2,"id":"00112233445566778899aabbccddeeff"}`, "its version is 2, not 1"],
    [`{"version":1,"id":"short"}`, "its id is not 32 hexadecimal digits"],
  ];
  for (const [text, says] of rows) {
    await Deno.writeTextFile(`${image}.lunbox`, text);
    await assertRejects(() => FileNotes.open(image), StoreOpenError, says);
    assertEquals(await Deno.readTextFile(`${image}.lunbox`), text);
  }
});

Deno.test("FileNotes.open() makes none where they are not wanted or where there is no image", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  assertEquals(await FileNotes.open(image, { existing: true }), undefined);
  assertEquals(await FileNotes.open(scratch.path("missing.img")), undefined);
  assertEquals(await FileNotes.open(scratch.directory), undefined);
});

Deno.test({
  name: "FileNotes.open() gives up without asking when it may not write",
  permissions: { read: true, write: false },
  fn: async () => assertEquals(await FileNotes.open(new URL(import.meta.url).pathname), undefined),
});

Deno.test("FileNotes.keepOpen() lets writes go on without the file being opened again", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  const notes = await opened(image);
  assertEquals(await notes.keepOpen(), true);
  if (Deno.build.os !== "windows") {
    // Whoever opened it by name would write to another file.
    await Deno.rename(notes.path, scratch.path("elsewhere"));
    await notes.write("a", 1);
    await Deno.rename(scratch.path("elsewhere"), notes.path);
  }
  await Promise.all([notes.write("b", 2), notes.close()]);
  const again = await opened(image);
  assertEquals([again.id, again.read("b")], [notes.id, 2]);
});

Deno.test("FileNotes.keepOpen() is false where nothing can be written", async () => {
  const { scratch, image } = await scratchWithImage();
  await using _ = scratch;
  const notes = await opened(image);
  await Deno.remove(notes.path);
  assertEquals(await notes.keepOpen(), false);
});
