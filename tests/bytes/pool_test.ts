import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";

const sizes: readonly [wanted: number, lent: number][] = [
  [1, 9216],
  [9216, 9216],
  [9217, 66560],
  [66561, 263168],
  [262144, 263168],
  [263169, 1049600],
  [1048576, 1049600],
];

for (const [wanted, lent] of sizes) {
  Deno.test(`take() lends ${lent} bytes when ${wanted} are wanted`, () => {
    const pool = new BufferPool();
    const buffer = pool.take(wanted);
    assertEquals(buffer?.length, lent);
    assertEquals(pool.lent, lent);
  });
}

Deno.test("take() throws when more is wanted than the largest buffer has", () => {
  assertThrows(() => new BufferPool().take(1049601), RangeError, "Cannot lend 1049601 bytes");
});

Deno.test("take() lends nothing when the limit is reached, takeAnyway() does", () => {
  const pool = new BufferPool({ limit: 20000 });
  assert(pool.take(1) !== undefined);
  assert(pool.take(1) !== undefined);
  assertEquals(pool.take(1), undefined);
  assertEquals(pool.takeAnyway(1).length, 9216);
  assertEquals(pool.lent, 3 * 9216);
});

Deno.test("take() lends again when the limit was reached and one was given back", () => {
  const pool = new BufferPool({ limit: 10000 });
  const first = pool.take(1) as Uint8Array<ArrayBuffer>;
  assertEquals(pool.take(1), undefined);
  pool.give(first);
  assertStrictEquals(pool.take(1), first);
  assertEquals(pool.kept, 0);
});

Deno.test("give() keeps buffers by their size", () => {
  const pool = new BufferPool();
  const small = pool.takeAnyway(1);
  const large = pool.takeAnyway(100000);
  pool.give(small);
  pool.give(large);
  assertEquals([pool.lent, pool.kept], [0, 9216 + 263168]);
  assertStrictEquals(pool.take(200000), large);
  assertStrictEquals(pool.take(8192), small);
});

Deno.test("give() keeps no more than the pool is to keep", () => {
  const pool = new BufferPool({ keep: 10000 });
  const buffers = [pool.takeAnyway(1), pool.takeAnyway(1)] as const;
  for (const buffer of buffers) pool.give(buffer);
  assertEquals([pool.lent, pool.kept], [0, 9216]);
});

Deno.test("lose() counts a buffer as given back and never lends it again", () => {
  const pool = new BufferPool();
  const buffer = pool.takeAnyway(1);
  pool.lose(buffer);
  assertEquals([pool.lent, pool.kept], [0, 0]);
  assertNotStrictEquals(pool.takeAnyway(1), buffer);
});
