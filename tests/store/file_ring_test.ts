import { assert, assertEquals } from "@std/assert";
import { ReadRing } from "../../lib/store/file_ring.ts";
import type { Completion, Ring, Rings } from "../../lib/store/file_ring_calls.ts";
import { Prng } from "../support/prng.ts";
import { FAR, farFile } from "../support/far_file.ts";
import { runWithout } from "../support/run_without.ts";
import { Scratch } from "../support/scratch.ts";

/** A ring whose calls come back when the test says so. */
class ScriptedRing implements Ring {
  /** Slots that were put, by the calls that have submitted them, and how many each call waits for. */
  readonly calls: [slots: number[], count: number][] = [];
  #put: number[] = [];
  #comeBack: ((result: number) => void) | undefined;
  readonly #over: [slot: number, result: number][] = [];

  put(slot: number): void {
    assertEquals(this.#comeBack, undefined);
    this.#put.push(slot);
  }

  enter(count: number): Promise<number> {
    assertEquals(this.#comeBack, undefined);
    this.calls.push([this.#put, count]);
    this.#put = [];
    return new Promise((comeBack) => this.#comeBack = comeBack);
  }

  take(completion: Completion): void {
    assertEquals(this.#comeBack, undefined);
    for (const [slot, result] of this.#over.splice(0)) completion(slot, result);
  }

  /** A call has not come back. */
  get away(): boolean {
    return this.#comeBack !== undefined;
  }

  /** The call comes back, and says of reads that they are over. */
  async comeBack(over: [slot: number, result: number][], failed = false): Promise<void> {
    const comeBack = this.#comeBack;
    assert(comeBack !== undefined);
    this.#comeBack = undefined;
    this.#over.push(...over);
    comeBack(failed ? -1 : 0);
    await settled();
  }
}

/** Two rings for four reads each; the second one is asked first. */
class ScriptedRings implements Rings {
  readonly slots = 4;
  readonly second = new ScriptedRing();
  readonly first = new ScriptedRing();
  readonly rings = [this.second, this.first];
  closed = false;

  close(): void {
    this.closed = true;
  }
}

/** Settles when everything that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const bytes = new Uint8Array(512);

function ask(ring: ReadRing, times: number): (Promise<number> | undefined)[] {
  return Array.from({ length: times }, (_, i) => ring.read(bytes, i * 512));
}

Deno.test("a file shares what is asked for in one go out to its rings, and gives what each read gave", async () => {
  const rings = new ScriptedRings();
  const reads = ask(new ReadRing(rings, { least: 1 }), 5);
  await settled();
  assertEquals([rings.first.calls, rings.second.calls], [[[[0, 1, 2], 3]], [[[0, 1], 2]]]);
  await rings.second.comeBack([[1, 5], [0, 4]]);
  await rings.first.comeBack([[0, 1], [2, 3], [1, 2]]);
  assertEquals(await Promise.all(reads), [1, 2, 3, 4, 5]);
  assertEquals([rings.first.away, rings.second.away], [false, false]);
});

Deno.test("a file leaves few reads to one call, though other rings are idle", async () => {
  const rings = new ScriptedRings();
  const reads = ask(new ReadRing(rings, { least: 3 }), 3);
  await settled();
  assertEquals([rings.first.calls, rings.second.calls], [[[[0, 1, 2], 3]], []]);
  await rings.first.comeBack([[0, 1], [1, 2], [2, 3]]);
  assertEquals(await Promise.all(reads), [1, 2, 3]);
});

Deno.test("a file whose rings are all away keeps what is asked for until one is back", async () => {
  const rings = new ScriptedRings();
  const ring = new ReadRing(rings, { least: 1 });
  ask(ring, 2);
  await settled();
  const later = ask(ring, 5);
  await settled();
  assertEquals([rings.first.calls.length, rings.second.calls.length], [1, 1]);
  await rings.second.comeBack([[0, 512]]);
  assertEquals(rings.second.calls[1], [[0, 1, 2, 3], 4]);
  await rings.second.comeBack([[0, 1], [1, 2], [2, 3], [3, 4]]);
  assertEquals(rings.second.calls[2], [[0], 1]);
  await rings.second.comeBack([[0, 5]]);
  assertEquals(await Promise.all(later), [1, 2, 3, 4, 5]);
  assertEquals([rings.first.away, rings.second.away], [true, false]);
});

Deno.test("a file with as many reads as its rings take turns others away, and has room again when some are over", async () => {
  const rings = new ScriptedRings();
  const ring = new ReadRing(rings, { least: 1 });
  assertEquals(ask(ring, 9).map((read) => read !== undefined), [...new Array<boolean>(8).fill(true), false]);
  await settled();
  await rings.first.comeBack([[0, 1], [1, 1], [2, 1], [3, 1]]);
  assertEquals(ask(ring, 5).map((read) => read !== undefined), [true, true, true, true, false]);
});

Deno.test("a file calls again at once when somebody has interrupted a call, for what is left", async () => {
  const rings = new ScriptedRings();
  const ring = new ReadRing(rings, { least: 1, rest: () => Promise.reject(new Error("it rests")) });
  const reads = ask(ring, 4);
  await settled();
  await rings.first.comeBack([[1, 512]]);
  assertEquals(rings.first.calls[1], [[], 1]);
  assertEquals(await reads[1], 512);
  await rings.first.comeBack([], true);
  assertEquals(rings.first.calls[2], [[], 1]);
  await rings.first.comeBack([[0, 100]]);
  assertEquals([await reads[0], rings.first.away], [100, false]);
});

Deno.test("a file rests when a call fails again and again, and its other rings do not", async () => {
  const rings = new ScriptedRings();
  const rest = Promise.withResolvers<void>();
  const ring = new ReadRing(rings, { least: 1, rest: () => rest.promise });
  const reads = ask(ring, 2);
  await settled();
  await rings.first.comeBack([], true);
  await rings.first.comeBack([], true);
  assertEquals(rings.first.away, false);
  await rings.second.comeBack([[0, 7]]);
  assertEquals(await reads[1], 7);
  ask(ring, 1);
  await settled();
  assertEquals([rings.first.away, rings.second.away], [false, true]);
  rest.resolve();
  await settled();
  await rings.first.comeBack([[0, 8]]);
  assertEquals(await reads[0], 8);
});

Deno.test("a file is closed when what is underway is over, and no earlier", async () => {
  for (const failures of [0, 1, 3]) {
    const rings = new ScriptedRings();
    const ring = new ReadRing(rings, { least: 1, rest: () => Promise.resolve() });
    ask(ring, 1);
    const closing = ring.close();
    await settled();
    for (let i = 0; i < failures; i++) await rings.first.comeBack([], true);
    assertEquals(rings.closed, false);
    await rings.first.comeBack([[0, 512]], failures > 0);
    await closing;
    assertEquals([rings.closed, rings.first.away], [true, false]);
  }
});

/** A ring on a file of `size` bytes that count up; `undefined` where the system has none. */
async function opened(scratch: Scratch, size: number): Promise<{ ring: ReadRing; content: Uint8Array } | undefined> {
  const path = scratch.path("disk.img");
  const content = Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));
  await Deno.writeFile(path, content);
  const ring = await ReadRing.open({ path, info: await Deno.stat(path) });
  return ring === undefined ? undefined : { ring, content };
}

Deno.test("ReadRing.open() reads what the file holds, many at a time and into any part of a buffer", async () => {
  await using scratch = await Scratch.make();
  const found = await opened(scratch, 1 << 20);
  if (found === undefined) return;
  const { ring, content } = found;
  const prng = new Prng(5);
  for (let round = 0; round < 20; round++) {
    const buffer = new Uint8Array(1 << 20);
    const reads = Array.from({ length: 256 }, (_, i) => {
      const into = buffer.subarray(i * 4096, i * 4096 + 1 + prng.below(4096));
      const at = prng.below(content.length - into.length);
      return { into, at, reading: ring.read(into, at) };
    });
    for (const { into, at, reading } of reads) {
      assertEquals(await reading, into.length);
      assertEquals(into, content.subarray(at, at + into.length));
    }
  }
  await ring.close();
});

Deno.test("ReadRing.open() says how much there was at the end of the file", async () => {
  await using scratch = await Scratch.make();
  const found = await opened(scratch, 1000);
  if (found === undefined) return;
  const { ring } = found;
  assertEquals(await Promise.all([ring.read(bytes, 600), ring.read(bytes, 1000)]), [400, 0]);
  await ring.close();
});

Deno.test("ReadRing.open() finds its way beyond 4 GiB", async () => {
  await using scratch = await Scratch.make();
  const ring = await ReadRing.open(await farFile(scratch));
  if (ring === undefined) return;
  const into = new Uint8Array(512);
  assertEquals([await ring.read(into, FAR), into[0], into[511]], [512, 9, 9]);
  await ring.close();
});

Deno.test("ReadRing.open() does not read another file than it is told of", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const info = { ...await Deno.stat(path), ino: -1 };
  assertEquals(await ReadRing.open({ path, info }), undefined);
  assertEquals(await ReadRing.open({ path: scratch.path("missing"), info }), undefined);
});

Deno.test("ReadRing.open() needs no permission any more once it is open", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const said = await runWithout(
    ["ffi", "read", "write"],
    {
      before: `import { ReadRing } from "${new URL("../../lib/store/file_ring.ts", import.meta.url)}";
      const path = Deno.args[0];
      const ring = await ReadRing.open({ path, info: Deno.statSync(path) });`,
      after: `console.log(await ring?.read(new Uint8Array(8), 0) ?? 8); await ring?.close();`,
    },
    path,
  );
  assertEquals(said, "8\n");
});
