import { assert, assertEquals } from "@std/assert";
import { ReadRing } from "../../lib/store/file_ring.ts";
import type { Completion, Rings } from "../../lib/store/file_ring_calls.ts";
import { Prng } from "../support/prng.ts";
import { runWithout } from "../support/run_without.ts";
import { Scratch } from "../support/scratch.ts";

/** Rings whose calls come back when the test says so. */
class ScriptedRings implements Rings {
  readonly slots = 4;
  closed = false;
  /** Reads that were put, by each time that they were submitted. */
  readonly submitted: number[] = [];
  #put = 0;
  readonly #calls: ((result: number) => void)[] = [];
  readonly #over: [slot: number, result: number][] = [];

  put(): void {
    this.#put++;
  }

  submit(): void {
    this.submitted.push(this.#put);
    this.#put = 0;
  }

  wait(): Promise<number> {
    return new Promise((comeBack) => this.#calls.push(comeBack));
  }

  take(completion: Completion): void {
    for (const [slot, result] of this.#over.splice(0)) completion(slot, result);
  }

  close(): void {
    this.closed = true;
  }

  /** Calls that have not come back. */
  get waits(): number {
    return this.#calls.length;
  }

  /** The call comes back, and says of reads that they are over. */
  async comeBack({ failed = false, over = [] }: { failed?: boolean; over?: [number, number][] } = {}): Promise<void> {
    const call = this.#calls.shift();
    assert(call !== undefined);
    this.#over.push(...over);
    call(failed ? -1 : 0);
    await settled();
  }
}

/** Settles when everything that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const bytes = new Uint8Array(512);

Deno.test("a ring submits what is asked for in one go in one go, and gives what each read gave", async () => {
  const rings = new ScriptedRings();
  const ring = new ReadRing(rings);
  const reads = [ring.read(bytes, 0), ring.read(bytes, 512)];
  await settled();
  assertEquals([rings.submitted, rings.waits], [[2], 1]);
  await rings.comeBack({ over: [[3, 512], [2, 100]] });
  assertEquals(await Promise.all(reads), [512, 100]);
  assertEquals(rings.waits, 0);
});

Deno.test("a ring submits what is asked for while it waits, and waits by one call at a time", async () => {
  const rings = new ScriptedRings();
  const ring = new ReadRing(rings);
  const first = ring.read(bytes, 0);
  await settled();
  const second = ring.read(bytes, 512);
  await settled();
  ring.read(bytes, 1024);
  await settled();
  assertEquals([rings.submitted, rings.waits], [[1, 1, 1], 1]);
  await rings.comeBack({ over: [[2, 512]] });
  assertEquals([await second, rings.waits], [512, 1]);
  await rings.comeBack({ over: [[3, 512], [1, 512]] });
  assertEquals([await first, rings.waits], [512, 0]);
  ring.read(bytes, 0);
  await settled();
  assertEquals([rings.submitted, rings.waits], [[1, 1, 1, 1], 1]);
});

Deno.test("a ring that is full turns reads away, and has room again when one is over", async () => {
  const rings = new ScriptedRings();
  const ring = new ReadRing(rings);
  for (let i = 0; i < 4; i++) assert(ring.read(bytes, 0) !== undefined);
  assertEquals(ring.read(bytes, 0), undefined);
  await settled();
  await rings.comeBack({ over: [[1, 512]] });
  assert(ring.read(bytes, 0) !== undefined);
});

Deno.test("a ring waits on at once when somebody has interrupted it, and rests when it is stopped again and again", async () => {
  const rings = new ScriptedRings();
  const rest = Promise.withResolvers<void>();
  const ring = new ReadRing(rings, () => rest.promise);
  const reads = [ring.read(bytes, 0), ring.read(bytes, 512)];
  await settled();
  await rings.comeBack({ failed: true });
  assertEquals(rings.waits, 1);
  await rings.comeBack();
  await rings.comeBack({ failed: true });
  assertEquals(rings.waits, 1);
  await rings.comeBack({ failed: true, over: [[3, 1]] });
  assertEquals([await reads[0], rings.waits], [1, 0]);
  rest.resolve();
  await settled();
  await rings.comeBack({ over: [[2, 2]] });
  assertEquals(await reads[1], 2);
});

Deno.test("a ring closes when what is underway is over, and no earlier", async () => {
  for (const failures of [0, 1, 3]) {
    const rings = new ScriptedRings();
    const ring = new ReadRing(rings, () => Promise.resolve());
    ring.read(bytes, 0);
    const closing = ring.close();
    await settled();
    for (let i = 0; i < failures; i++) await rings.comeBack({ failed: true });
    assertEquals(rings.closed, false);
    await rings.comeBack({ failed: failures > 0, over: [[3, 512]] });
    await closing;
    assertEquals([rings.closed, rings.waits], [true, 0]);
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
    const buffer = new Uint8Array(256 * 1024);
    const reads = Array.from({ length: 64 }, (_, i) => {
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
  const path = scratch.path("far.img");
  const at = 2 ** 33 + 512;
  using file = await Deno.open(path, { createNew: true, write: true });
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(new Uint8Array(512).fill(9));
  const ring = await ReadRing.open({ path, info: await Deno.stat(path) });
  if (ring === undefined) return;
  const into = new Uint8Array(512);
  assertEquals([await ring.read(into, at), into[0], into[511]], [512, 9, 9]);
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

Deno.test("ReadRing.open() opens fewer rings than there are processors, and one more when one has been closed", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("disk.img");
  await Deno.writeFile(path, new Uint8Array(512));
  const target = { path, info: await Deno.stat(path) };
  const rings: ReadRing[] = [];
  for (let ring = await ReadRing.open(target); ring !== undefined; ring = await ReadRing.open(target)) rings.push(ring);
  assert(rings.length < navigator.hardwareConcurrency);
  const first = rings.shift();
  if (first === undefined) return;
  await first.close();
  const again = await ReadRing.open(target);
  assert(again !== undefined);
  for (const ring of [again, ...rings]) await ring.close();
});
