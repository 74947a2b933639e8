import { assert, assertEquals, assertRejects } from "@std/assert";
import { type FilePlatform, SystemError } from "../../lib/store/file_platform.ts";
import { openWindowsPlatform } from "../../lib/store/file_windows.ts";
import { controlCode, type ControlRequest, type ControlResult, moreData } from "../../lib/store/file_windows_calls.ts";
import type { WindowsCalls } from "../../lib/store/file_windows_calls.ts";
import type { Extent } from "../../lib/store/store.ts";

/** A file with some allocated ranges, and a kernel that tells of a few of them at a time. */
class FakeKernel implements WindowsCalls {
  readonly calls: string[] = [];
  readonly ranges: readonly (readonly [number, number])[];
  /** Ranges in one answer. */
  most = 100;
  readonly errors: Map<number, number> = new Map();
  readonly #file: bigint;

  constructor(ranges: readonly (readonly [number, number])[], file = 7n) {
    this.ranges = ranges;
    this.#file = file;
  }

  open(path: string, readOnly: boolean): bigint | undefined {
    this.calls.push(`open ${path}${readOnly ? " to read" : ""}`);
    return path === "missing" ? undefined : 4n;
  }

  close(): void {
    this.calls.push("close");
  }

  identify(): { volume: number; file: bigint } {
    return { volume: 1, file: this.#file };
  }

  control(_handle: bigint, { code, input, output }: ControlRequest): Promise<ControlResult> {
    const error = this.errors.get(code) ?? 0;
    if (error !== 0) return Promise.resolve({ error, filled: 0 });
    const view = new DataView(input.buffer);
    if (code === controlCode.setSparse) this.calls.push("set sparse");
    if (code === controlCode.setZeroData) {
      this.calls.push(`zero ${view.getBigInt64(0, true)} to ${view.getBigInt64(8, true)}`);
    }
    if (code !== controlCode.queryAllocatedRanges) return Promise.resolve({ error: 0, filled: 0 });
    const at = Number(view.getBigInt64(0, true));
    const end = at + Number(view.getBigInt64(8, true));
    const found = this.ranges.filter(([start, length]) => start < end && at < start + length);
    const answer = new DataView(output.buffer);
    found.slice(0, this.most).forEach(([start, length], i) => {
      answer.setBigInt64(16 * i, BigInt(start), true);
      answer.setBigInt64(16 * i + 8, BigInt(length), true);
    });
    const filled = 16 * Math.min(found.length, this.most);
    return Promise.resolve({ error: found.length > this.most ? moreData : 0, filled });
  }

  unload(): void {
    this.calls.push("unload");
  }
}

async function open(kernel: FakeKernel, path = "disk", readOnly = false): Promise<FilePlatform | undefined> {
  const info = { ino: 7, dev: 1, size: 1 << 20, isFile: true } as Deno.FileInfo;
  return await openWindowsPlatform(() => kernel, { path, info, readOnly });
}

function shape(extents: readonly Extent[]): string {
  return extents.map(({ at, length, allocated }) => `${allocated ? "data" : "hole"} ${at}+${length}`).join(", ");
}

Deno.test("WindowsPlatform.extents() tells holes from data, however many answers that takes", async () => {
  const kernel = new FakeKernel([[0, 65536], [131072, 65536], [262144, 65536]]);
  const platform = await open(kernel);
  const all =
    "data 0+65536, hole 65536+65536, data 131072+65536, hole 196608+65536, data 262144+65536, hole 327680+512";
  assertEquals(shape(await platform?.extents(0, 328192) ?? []), all);
  kernel.most = 1;
  assertEquals(shape(await platform?.extents(0, 328192) ?? []), all);
  assertEquals(shape(await platform?.extents(512, 66048) ?? []), "data 512+65024, hole 65536+1024");
  assertEquals(shape(await platform?.extents(65536, 4096) ?? []), "hole 65536+4096");
});

Deno.test("WindowsPlatform.punch() zeros, and names errors", async () => {
  const kernel = new FakeKernel([]);
  const platform = await open(kernel);
  await platform?.punch(4096, 8192);
  assertEquals(kernel.calls, ["open disk", "set sparse", "zero 4096 to 12288"]);
  kernel.errors.set(controlCode.setZeroData, 112);
  const error = await assertRejects(async () => await platform?.punch(0, 4096), SystemError);
  assertEquals(error.code, "ENOSPC");
});

Deno.test("openWindowsPlatform() leaves a file as it is that is only read", async () => {
  const kernel = new FakeKernel([]);
  assert(await open(kernel, "disk", true) !== undefined);
  assertEquals(kernel.calls, ["open disk to read"]);
});

Deno.test("openWindowsPlatform() lets go of everything when it cannot do its work", async (t) => {
  const rows = [
    { name: "no file", kernel: new FakeKernel([]), path: "missing", calls: ["open missing", "unload"] },
    { name: "another file", kernel: new FakeKernel([], 8n), calls: ["open disk", "close", "unload"] },
    { name: "no sparse files", kernel: new FakeKernel([]), error: 1, calls: ["open disk", "close", "unload"] },
  ];
  for (const { name, kernel, path, error, calls } of rows) {
    await t.step(name, async () => {
      if (error !== undefined) kernel.errors.set(controlCode.setSparse, error);
      assertEquals([await open(kernel, path), kernel.calls], [undefined, calls]);
    });
  }
  await t.step("no library", async () => {
    const info = {} as Deno.FileInfo;
    assertEquals(await openWindowsPlatform(() => undefined, { path: "disk", info, readOnly: false }), undefined);
  });
});

Deno.test("WindowsPlatform.close() lets no call follow", async () => {
  const kernel = new FakeKernel([]);
  const platform = await open(kernel);
  platform?.close();
  assertEquals(kernel.calls.slice(-2), ["close", "unload"]);
  await assertRejects(async () => await platform?.punch(0, 512), SystemError, "EBADF");
});
