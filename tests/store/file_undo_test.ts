import { assert, assertEquals, assertRejects } from "@std/assert";
import { MediumError, StoreOpenError } from "../../lib/store/errors.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { FileUndo, longestAtomicWrite, undoInterrupted, type UndoTarget } from "../../lib/store/file_undo.ts";
import { Scratch } from "../support/scratch.ts";

/** An image in an array, with a log of what is done to it. */
class FakeImage implements UndoTarget {
  readonly path: string;
  readonly size: number = 8192;
  readonly info: Deno.FileInfo;
  readonly data: Uint8Array;
  readonly calls: string[] = [];
  /** Called before each write and sync, with its name. */
  before: (call: string) => void | Promise<void> = () => {};

  constructor(path: string, inode = 7, isFile = true) {
    this.path = path;
    this.info = { isFile, ino: inode } as Deno.FileInfo;
    this.data = new Uint8Array(this.size).fill(1);
  }

  read(into: Uint8Array, at: number): Promise<void> {
    into.set(this.data.subarray(at, at + into.length));
    return Promise.resolve();
  }

  async write(from: Uint8Array, at: number): Promise<void> {
    this.calls.push(`write ${at}+${from.length} of ${from[0]}`);
    await this.before("write");
    this.data.set(from, at);
  }

  async sync(): Promise<void> {
    this.calls.push("sync");
    await this.before("sync");
  }
}

function undoOf(image: FakeImage): FileUndo {
  const undo = FileUndo.of(image);
  assert(undo !== undefined);
  return undo;
}

const twos = new Uint8Array(1024).fill(2);

Deno.test("FileUndo.write() writes, and leaves no undo file behind", async () => {
  await using scratch = await Scratch.make();
  const image = new FakeImage(scratch.path("disk.img"));
  const undo = undoOf(image);
  await undo.write(twos, 512);
  await Promise.all([undo.write(twos, 2048), undo.write(new Uint8Array(512).fill(3), 2048)]);
  assertEquals([image.data[511], image.data[512], image.data[1536], image.data[2048]], [1, 2, 1, 3]);
  await undo.close();
  await assertRejects(() => Deno.stat(scratch.path("disk.img.lunbox-undo")), Deno.errors.NotFound);
});

Deno.test("FileUndo.write() puts the old bytes back when it fails", async () => {
  await using scratch = await Scratch.make();
  const image = new FakeImage(scratch.path("disk.img"));
  const undo = undoOf(image);
  let failures = 1;
  image.before = (call) => {
    if (call !== "write" || failures-- !== 1) return;
    image.data.fill(9, 512, 600);
    throw new Error("Cannot write: the disk is full");
  };
  await assertRejects(() => undo.write(twos, 512), Error, "the disk is full");
  assertEquals(image.data, new Uint8Array(8192).fill(1));
  await undo.write(twos, 512);
  assertEquals(image.data[512], 2);
  await undo.close();
});

const ones = new Uint8Array(8192).fill(1);

for (const moments of [["write", "write"], ["sync", "sync"], ["write", "sync"]]) {
  Deno.test(`FileUndo.finish() undoes what could not be undone at once: ${moments.join(" and ")} failed`, async () => {
    await using scratch = await Scratch.make();
    const image = new FakeImage(scratch.path("disk.img"));
    const undo = undoOf(image);
    const left = [...moments];
    image.before = (call) => {
      if (call !== left[0]) return;
      left.shift();
      image.data.fill(9, 512, 600);
      throw new Error("Cannot write: the disk is full");
    };
    await assertRejects(() => undo.write(twos, 512), Error, "the disk is full");
    const held = [undo.holds(0, 512), undo.holds(0, 513), undo.holds(1535, 1), undo.holds(1536, 512)];
    assertEquals(held, [false, true, true, false]);
    await undo.finish();
    assertEquals([image.data, undo.holds(0, 8192)], [ones, false]);
    await undo.close();
    await undoInterrupted(image, false);
    assertEquals(image.data, ones, "nothing is undone at the next start");
  });
}

Deno.test("FileUndo.write() undoes first what could not be undone before", async () => {
  await using scratch = await Scratch.make();
  const image = new FakeImage(scratch.path("disk.img"));
  const undo = undoOf(image);
  let failures = 2;
  image.before = (call) => {
    if (call === "write" && failures-- > 0) throw new Error("Cannot write: the disk is full");
  };
  await assertRejects(() => undo.write(twos, 512), Error, "the disk is full");
  await undo.write(twos, 4096);
  assertEquals(image.calls.slice(2), ["write 512+1024 of 1", "sync", "write 4096+1024 of 2", "sync"]);
  assertEquals(undo.holds(0, 8192), false);
  await undo.close();
});

/** What is left when the power fails at a moment of a write of twos, half of which had come to the image. */
async function interrupted(path: string, moment: "write" | "sync", inode = 7): Promise<FakeImage> {
  const image = new FakeImage(path, inode);
  const undo = undoOf(image);
  const reached = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  image.before = (call) => {
    if (call !== moment) return;
    image.data.fill(2, 512, 1024);
    reached.resolve();
    return never.promise;
  };
  const writing = undo.write(twos, 512);
  await reached.promise;
  const left = await Deno.readFile(`${path}.lunbox-undo`);
  never.reject(new Error("Cannot write: the power has failed"));
  await writing.catch(() => {});
  await undo.close();
  await Deno.writeFile(`${path}.lunbox-undo`, left);
  const found = new FakeImage(path);
  found.data.fill(2, 512, 1024);
  return found;
}

for (const moment of ["write", "sync"] as const) {
  Deno.test(`undoInterrupted() undoes a write whose ${moment} was interrupted, once`, async () => {
    await using scratch = await Scratch.make();
    const image = await interrupted(scratch.path("disk.img"), moment);
    await undoInterrupted(image, false);
    assertEquals(image.data, new Uint8Array(8192).fill(1));
    assertEquals(image.calls, ["write 512+1024 of 1", "sync"]);
    await undoInterrupted(image, false);
    assertEquals(image.calls.length, 2);
  });
}

Deno.test("undoInterrupted() leaves an image alone whose undo file is cut, changed or another's", async (t) => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await interrupted(path, "sync");
  const record = await Deno.readFile(`${path}.lunbox-undo`);
  const rows = [
    { name: "empty", record: new Uint8Array(), inode: 7 },
    { name: "cut in the header", record: record.slice(0, 40), inode: 7 },
    { name: "cut in the data", record: record.slice(0, -1), inode: 7 },
    { name: "changed", record: record.with(60, 99), inode: 7 },
    { name: "of another image", record, inode: 8 },
  ];
  for (const { name, record, inode } of rows) {
    await t.step(name, async () => {
      await Deno.writeFile(`${path}.lunbox-undo`, record);
      const image = new FakeImage(path, inode);
      await undoInterrupted(image, false);
      assertEquals(image.calls, []);
    });
  }
});

Deno.test("undoInterrupted() opens no half written image for reading only", async () => {
  await using scratch = await Scratch.make();
  const image = await interrupted(scratch.path("disk.img"), "write");
  await assertRejects(() => undoInterrupted(image, true), StoreOpenError, "a write to it was interrupted");
});

Deno.test("FileUndo.of() finds no place beside a device", () => {
  assertEquals(FileUndo.of(new FakeImage("/dev/sda", 7, false)), undefined);
});

Deno.test("FileStore.writeAtomic() writes as a whole, as far as it says", async () => {
  await using scratch = await Scratch.make();
  await using store = await FileStore.open(scratch.path("disk.img"), { size: 2 << 20 });
  assertEquals(store.capabilities.atomicLength, longestAtomicWrite);
  await store.writeAtomic(twos, 4096);
  const bytes = new Uint8Array(1024);
  await store.read(bytes, 4096);
  assertEquals(bytes, twos);
  await assertRejects(() => store.writeAtomic(new Uint8Array(longestAtomicWrite + 512), 0), TypeError);
});

Deno.test("FileStore.open() undoes a write that was interrupted when the process ended", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  const half = new Uint8Array(8192).fill(1).fill(2, 512, 1024);
  await Deno.writeFile(path, half);
  const { ino } = await Deno.stat(path);
  await interrupted(path, "write", ino ?? 0);
  await assertRejects(() => FileStore.open(path, { readOnly: true }), StoreOpenError, "interrupted");
  await (await FileStore.open(path)).close();
  assertEquals(await Deno.readFile(path), new Uint8Array(8192).fill(1));
  await assertRejects(() => Deno.stat(`${path}.lunbox-undo`), Deno.errors.NotFound);
});

Deno.test("FileStore keeps what is written after an atomic write that could be neither done nor undone", async (t) => {
  const acts: readonly (readonly [name: string, byte: number, act: (store: FileStore) => unknown])[] = [
    ["write()", 3, (store) => store.write(new Uint8Array(4096).fill(3), 4096)],
    ["zero()", 0, (store) => store.zero(4096, 4096)],
    ["unmap()", 0, (store) => store.unmap(4096, 4096)],
  ];
  for (const [name, byte, act] of acts) {
    await t.step(name, async () => {
      await using scratch = await Scratch.make();
      const path = scratch.path("disk.img");
      const image = await FileStore.open(path, { size: 1 << 20 });
      await image.write(new Uint8Array(4096).fill(1), 4096);
      await image.flush();
      // A file that is too short fails every flush.
      await Deno.truncate(path, 65536);
      await assertRejects(async () => await image.writeAtomic(twos, 4096), MediumError, "made it smaller");
      await Deno.truncate(path, 1 << 20);
      await act(image);
      await image.close();
      await using again = await FileStore.open(path);
      const bytes = new Uint8Array(4096);
      await again.read(bytes, 4096);
      assertEquals(bytes, new Uint8Array(4096).fill(byte));
    });
  }
});
