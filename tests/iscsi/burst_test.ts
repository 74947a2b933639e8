import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { type Burst, BurstPool } from "../../lib/iscsi/burst.ts";
import { RESERVED_TAG } from "../../lib/iscsi/constants.ts";

Deno.test("take() lends a burst as good as new when it was used before", () => {
  const bursts = new BurstPool(new BufferPool());
  const used = bursts.take(0, 512, false) as Burst;
  used.open = true;
  used.targetTransferTag = 5;
  used.dataSn = 3;
  used.filled = 100;
  bursts.give(used);
  const burst = bursts.take(1024, 4096, false) as Burst;
  assertStrictEquals(burst, used);
  const { start, end, filled, requested, open, targetTransferTag, dataSn } = burst;
  assertEquals([start, end, filled, requested], [1024, 4096, 1024, 1024]);
  assertEquals([open, targetTransferTag, dataSn], [false, RESERVED_TAG, 0]);
});

Deno.test("take() lends nothing when memory is short, unless it was promised", () => {
  const pool = new BufferPool({ limit: 0 });
  const bursts = new BurstPool(pool);
  assertEquals(bursts.take(0, 512, false), undefined);
  assert(bursts.take(0, 512, true) !== undefined);
  assertEquals(bursts.lent, 1);
});

Deno.test("extend() keeps what has come when a burst moves to a larger buffer", () => {
  const pool = new BufferPool();
  const bursts = new BurstPool(pool);
  const burst = bursts.take(1000, 2000, false) as Burst;
  burst.buffer.fill(7, 0, 500);
  burst.filled = 1500;
  bursts.extend(burst, 101_000);
  assertEquals([burst.end, burst.filled], [101_000, 1500]);
  assert(burst.buffer.length >= 100_000);
  assert(burst.buffer.subarray(0, 500).every((byte) => byte === 7));
  bursts.give(burst);
  assertEquals([pool.lent, bursts.lent], [0, 0]);
});

Deno.test("extend() stays in the buffer when that is large enough", () => {
  const bursts = new BurstPool(new BufferPool());
  const burst = bursts.take(0, 10, false) as Burst;
  const { buffer } = burst;
  bursts.extend(burst, buffer.length);
  assertStrictEquals(burst.buffer, buffer);
});

Deno.test("giveWithout() leaves the buffer on loan", () => {
  const pool = new BufferPool();
  const bursts = new BurstPool(pool);
  const burst = bursts.take(0, 512, false) as Burst;
  const { buffer } = burst;
  bursts.giveWithout(burst);
  assertEquals([bursts.lent, pool.lent, burst.buffer.length], [0, buffer.length, 0]);
});

Deno.test("moveAway() takes along what has come, and leaves the old buffer to somebody else", () => {
  const pool = new BufferPool();
  const bursts = new BurstPool(pool);
  const burst = bursts.take(1000, 2000, false) as Burst;
  const { buffer } = burst;
  buffer.fill(7, 0, 500);
  burst.filled = 1500;
  bursts.moveAway(burst);
  buffer.fill(0);
  assert(burst.buffer.subarray(0, 500).every((byte) => byte === 7));
  bursts.give(burst);
  assertEquals([pool.lent, bursts.lent], [buffer.length, 0]);
});
