/**
 * What every store has to do, as a comparison with a plain array.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { BlockStore, Extent } from "../../lib/store/store.ts";
import type { Prng } from "./prng.ts";

const operations = ["read", "read", "write", "write", "write", "atomic", "unmap", "zero", "flush", "extents"] as const;

/** Does `steps` random operations on a store that is all zeros, and on an array, and compares. Up to 16 run at once. */
export async function compareWithArray(store: BlockStore, prng: Prng, steps: number): Promise<void> {
  const model = new Uint8Array(store.size);
  let running: { at: number; end: number; done: Promise<void> }[] = [];
  for (let step = 0; step < steps; step++) {
    const { at, length } = randomRange(store, prng);
    const overlapping = running.filter((other) => at < other.end && other.at < at + length);
    await Promise.all(overlapping.map((other) => other.done));
    running = running.filter((other) => !overlapping.includes(other));
    running.push({ at, end: at + length, done: operate(store, { prng, model, at, length }) });
    if (running.length === 16) await Promise.all(running.splice(0).map((other) => other.done));
  }
  await Promise.all(running.map((other) => other.done));
  const all = new Uint8Array(store.size);
  await store.read(all, 0);
  assertSame(all, model, "the whole store");
}

async function operate(
  store: BlockStore,
  step: { prng: Prng; model: Uint8Array; at: number; length: number },
): Promise<void> {
  const { prng, model, at, length } = step;
  const operation = prng.pick(operations);
  const what = `${operation} of ${length} bytes at ${at}`;
  switch (operation) {
    case "read": {
      const bytes = new Uint8Array(length).fill(0xee);
      const expected = model.slice(at, at + length);
      await store.read(bytes, at);
      return assertSame(bytes, expected, what);
    }
    case "write": {
      const bytes = prng.fill(new Uint8Array(length));
      model.set(bytes, at);
      return await store.write(bytes, at);
    }
    case "atomic": {
      const bytes = prng.fill(new Uint8Array(length));
      const possible = length <= (store.capabilities.atomicLength ?? 0);
      model.set(bytes, at);
      return await (possible ? store.writeAtomic?.(bytes, at) : store.write(bytes, at));
    }
    case "unmap":
    case "zero":
      model.fill(0, at, at + length);
      return await store[operation](at, length);
    case "flush":
      return await store.flush();
    case "extents":
      return assertExtents(await store.extents(at, length), { model, at, length });
  }
}

function randomRange(store: BlockStore, prng: Prng): { at: number; length: number } {
  const blocks = store.size / store.blockSize;
  const first = prng.below(blocks);
  const most = prng.pick([1, 8, 64, blocks]);
  const count = 1 + prng.below(Math.min(blocks - first, most));
  return { at: first * store.blockSize, length: count * store.blockSize };
}

function assertExtents(
  extents: readonly Extent[],
  range: { model: Uint8Array; at: number; length: number },
): void {
  let next = range.at;
  for (const extent of extents) {
    assertEquals(extent.at, next, "extents have a gap");
    assert(extent.length > 0);
    next += extent.length;
    if (!extent.allocated) assert(range.model.subarray(extent.at, next).every((byte) => byte === 0), "data in a hole");
  }
  assertEquals(next, range.at + range.length);
}

function assertSame(actual: Uint8Array, expected: Uint8Array, what: string): void {
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i]) assertEquals(actual[i], expected[i], `${what}: byte ${i} differs`);
  }
  assertEquals(actual.length, expected.length);
}
