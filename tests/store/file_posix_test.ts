import { assert, assertEquals, assertRejects } from "@std/assert";
import { type FilePlatform, SystemError } from "../../lib/store/file_platform.ts";
import { openPosixPlatform } from "../../lib/store/file_posix.ts";
import type { PosixCalls } from "../../lib/store/file_posix_calls.ts";
import type { Extent } from "../../lib/store/store.ts";

const block = 4096;

/** A file of blocks, and a C library that knows it. */
class FakeLibrary implements PosixCalls {
  readonly calls: string[] = [];
  freely = true;
  /** What fails, by call, with which error, and how often. */
  readonly failures: Map<string, { error: string; times: number }> = new Map();
  readonly #data: boolean[];
  readonly #inode: number;

  constructor(data: readonly boolean[], inode = 7) {
    this.#data = [...data];
    this.#inode = inode;
  }

  open(path: string, readOnly: boolean): number {
    this.calls.push(`open ${path}${readOnly ? " to read" : ""}`);
    return path === "missing" ? -1 : 3;
  }

  close(): void {
    this.calls.push("close");
  }

  identify(): { device: number; inode: number } {
    return { device: 1, inode: this.#inode };
  }

  nextData(_descriptor: number, at: number): Promise<number> {
    return this.#seek("nextData", at, true);
  }

  nextHole(_descriptor: number, at: number): Promise<number> {
    return this.#seek("nextHole", at, false);
  }

  punch(_descriptor: number, at: number, length: number): Promise<number> {
    this.calls.push(`punch ${at} ${length}`);
    if (this.failures.has("punch")) return Promise.resolve(-1);
    this.#data.fill(false, at / block, (at + length) / block);
    return Promise.resolve(0);
  }

  reasonOf(call: string): string | undefined {
    const failure = this.failures.get(call);
    if (failure === undefined) return call === "nextData" ? "ENXIO" : undefined;
    if (--failure.times === 0) this.failures.delete(call);
    return failure.error;
  }

  space(): Promise<{ used: number; available: number }> {
    return Promise.resolve({ used: 1, available: 2 });
  }

  unload(): void {
    this.calls.push("unload");
  }

  #seek(call: string, at: number, data: boolean): Promise<number> {
    if (this.failures.has(call)) return Promise.resolve(-1);
    let index = Math.floor(at / block);
    while (index < this.#data.length && this.#data[index] !== data) index++;
    if (index >= this.#data.length) return Promise.resolve(data ? -1 : this.#data.length * block);
    return Promise.resolve(Math.max(at, index * block));
  }
}

async function open(library: FakeLibrary, path = "disk", readOnly = false): Promise<FilePlatform | undefined> {
  const info = { ino: 7, dev: 1, size: 8 * block, blksize: block, isFile: true } as Deno.FileInfo;
  return await openPosixPlatform(() => library, { path, info, readOnly });
}

function shape(extents: readonly Extent[]): string {
  return extents.map(({ at, length, allocated }) => `${allocated ? "data" : "hole"} ${at}+${length}`).join(", ");
}

Deno.test("PosixPlatform.extents() tells holes from data, in whatever order they are", async (t) => {
  const rows = [
    { data: "########", extents: "data 0+32768" },
    { data: "........", extents: "hole 0+32768" },
    { data: "#......#", extents: "data 0+4096, hole 4096+24576, data 28672+4096" },
    { data: ".##..##.", extents: "hole 0+4096, data 4096+8192, hole 12288+8192, data 20480+8192, hole 28672+4096" },
  ];
  for (const { data, extents } of rows) {
    await t.step(data, async () => {
      const platform = await open(new FakeLibrary([...data].map((letter) => letter === "#")));
      assertEquals(shape(await platform?.extents(0, 8 * block) ?? []), extents);
    });
  }
});

Deno.test("PosixPlatform.extents() keeps to the range", async () => {
  const platform = await open(new FakeLibrary([true, true, false, false, true]));
  assertEquals(shape(await platform?.extents(block + 512, 2 * block) ?? []), "data 4608+3584, hole 8192+4608");
});

Deno.test("PosixPlatform.punch() makes holes and names errors, as often as it is interrupted", async () => {
  const library = new FakeLibrary([true, true, true]);
  const platform = await open(library);
  await platform?.punch(block, block);
  assertEquals(shape(await platform?.extents(0, 3 * block) ?? []), "data 0+4096, hole 4096+4096, data 8192+4096");
  library.failures.set("punch", { error: "EINTR", times: 2 });
  await platform?.punch(0, block);
  library.failures.set("punch", { error: "ENOSPC", times: 1 });
  const error = await assertRejects(async () => await platform?.punch(0, block), SystemError);
  assertEquals([error.code, error.unsupported], ["ENOSPC", false]);
});

Deno.test("openPosixPlatform() tries what it needs behind the end of the file", async () => {
  const library = new FakeLibrary([true]);
  assert(await open(library) !== undefined);
  assertEquals(library.calls, ["open disk", `punch ${8 * block} ${block}`]);
});

Deno.test("openPosixPlatform() is content with extents of a file that is only read", async () => {
  const library = new FakeLibrary([true]);
  library.failures.set("punch", { error: "EBADF", times: 1 });
  assert(await open(library, "disk", true) !== undefined);
  assertEquals(library.calls, ["open disk to read"]);
});

Deno.test("openPosixPlatform() makes only whole holes where the system has no others", async () => {
  const library = new FakeLibrary([true]);
  library.freely = false;
  assertEquals((await open(library))?.aligned, true);
  assertEquals(library.calls, ["open disk"]);
});

Deno.test("openPosixPlatform() leaves everything as it was when it cannot do its work", async (t) => {
  await t.step("no library", async () => {
    const info = {} as Deno.FileInfo;
    assertEquals(await openPosixPlatform(() => undefined, { path: "disk", info, readOnly: false }), undefined);
  });
  await t.step("no file", async () => {
    const library = new FakeLibrary([true]);
    assertEquals([await open(library, "missing"), library.calls], [undefined, ["open missing", "unload"]]);
  });
  await t.step("another file", async () => {
    const library = new FakeLibrary([true], 8);
    assertEquals([await open(library), library.calls], [undefined, ["open disk", "close", "unload"]]);
  });
  for (const [call, error] of [["punch", "EOPNOTSUPP"], ["nextData", "EINVAL"]] as const) {
    await t.step(`${call}: ${error}`, async () => {
      const library = new FakeLibrary([true]);
      library.failures.set(call, { error, times: 1 });
      assertEquals(await open(library), undefined);
      assertEquals(library.calls.slice(-2), ["close", "unload"]);
    });
  }
});

Deno.test("PosixPlatform.space() is what the library says, until it is closed", async () => {
  const platform = await open(new FakeLibrary([true]));
  assertEquals(await platform?.space?.(), { used: 1, available: 2 });
  platform?.close();
  assertEquals(await platform?.space?.(), undefined);
});

Deno.test("PosixPlatform.close() waits for the calls that run, and none may follow", async () => {
  const library = new FakeLibrary([true, true]);
  const platform = await open(library);
  const running = platform?.punch(0, block);
  platform?.close();
  assertEquals(library.calls.at(-1), `punch 0 ${block}`);
  await running;
  assertEquals(library.calls.slice(-2), ["close", "unload"]);
  await assertRejects(async () => await platform?.punch(0, block), SystemError, "EBADF");
});
