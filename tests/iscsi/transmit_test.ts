import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { CHUNK_DATA, Frame, Transmit } from "../../lib/iscsi/transmit.ts";
import { Prng } from "../support/prng.ts";

/** Reserves a frame filled with a byte. */
function reserved(transmit: Transmit, length: number, byte: number): Frame {
  const frame = new Frame();
  assert(transmit.reserve(frame, length));
  frame.bytes.fill(byte, frame.start, frame.start + length);
  return frame;
}

/** Sends everything that waits, one byte value per run of equal bytes. */
function drain(transmit: Transmit): [byte: number, length: number][] {
  const runs: [number, number][] = [];
  for (let bytes = transmit.peek(); bytes !== undefined; bytes = transmit.peek()) {
    for (const byte of bytes) {
      const last = runs.at(-1);
      if (last?.[0] === byte) last[1]++;
      else runs.push([byte, 1]);
    }
    transmit.sent(bytes.length);
  }
  return runs;
}

Deno.test("peek() gathers frames that lie side by side", () => {
  const transmit = new Transmit(new BufferPool());
  for (const byte of [1, 2, 3]) transmit.commit(reserved(transmit, 48, byte), 48);
  assertEquals(transmit.peek()?.length, 144);
  assertEquals(transmit.queued, 144);
  assertEquals(drain(transmit), [[1, 48], [2, 48], [3, 48]]);
  assertEquals([transmit.queued, transmit.idle], [0, true]);
});

Deno.test("peek() gives what was committed first when it was reserved last", () => {
  const transmit = new Transmit(new BufferPool());
  const [one, two, three] = [1, 2, 3].map((byte) => reserved(transmit, 10, byte)) as [Frame, Frame, Frame];
  transmit.commit(three, 10);
  transmit.commit(one, 10);
  transmit.commit(two, 10);
  assertEquals(drain(transmit), [[3, 10], [1, 10], [2, 10]]);
});

Deno.test("commit() gives back the end of a frame when nothing lies behind it", () => {
  const transmit = new Transmit(new BufferPool());
  const frame = reserved(transmit, 100, 1);
  transmit.commit(frame, 48);
  assertEquals(reserved(transmit, 10, 2).start, frame.start + 48);
});

Deno.test("commit() leaves a gap out of what is sent when another frame lies behind", () => {
  const transmit = new Transmit(new BufferPool());
  const one = reserved(transmit, 100, 1);
  const two = reserved(transmit, 10, 2);
  transmit.commit(one, 48);
  transmit.commit(two, 10);
  assertEquals(drain(transmit), [[1, 48], [2, 10]]);
});

Deno.test("sent() goes on in the middle when a write took a part", () => {
  const transmit = new Transmit(new BufferPool());
  transmit.commit(reserved(transmit, 10, 1), 10);
  transmit.peek();
  transmit.sent(4);
  transmit.commit(reserved(transmit, 5, 2), 5);
  assertEquals(transmit.queued, 11);
  assertEquals(drain(transmit), [[1, 6], [2, 5]]);
});

Deno.test("reserve() refuses when eight chunks are full, unless it is urgent", () => {
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  const frame = new Frame();
  for (let i = 0; i < 8; i++) {
    assertEquals(transmit.full, false);
    assert(transmit.reserve(frame, CHUNK_DATA));
    transmit.commit(frame, CHUNK_DATA);
  }
  assertEquals(transmit.full, true);
  assertEquals(transmit.reserve(new Frame(), CHUNK_DATA), false);
  assert(transmit.reserve(frame, 48, true));
  transmit.commit(frame, 48);
  drain(transmit);
  assert(transmit.reserve(frame, CHUNK_DATA));
  transmit.cancel(frame);
  assertEquals(pool.lent, 0);
});

Deno.test("reserve() refuses when the pool has no more to lend, but for the first chunk, until something was sent", () => {
  const transmit = new Transmit(new BufferPool({ limit: 0 }));
  const first = reserved(transmit, CHUNK_DATA, 1);
  const frame = new Frame();
  assertEquals([transmit.reserve(frame, CHUNK_DATA), transmit.full], [false, true]);
  transmit.commit(first, 48);
  assertEquals(drain(transmit), [[1, 48]]);
  assertEquals([transmit.full, transmit.reserve(frame, CHUNK_DATA)], [false, true]);
});

Deno.test("cancel() makes room for who was refused", () => {
  const transmit = new Transmit(new BufferPool({ limit: 0 }));
  const first = reserved(transmit, CHUNK_DATA, 1);
  const frame = new Frame();
  assertEquals(transmit.reserve(frame, CHUNK_DATA), false);
  transmit.cancel(first);
  assertEquals([transmit.full, transmit.reserve(frame, CHUNK_DATA)], [false, true]);
});

Deno.test("cancel() gives a frame back unsent, once", () => {
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  const frame = reserved(transmit, 48, 1);
  assert(frame.open);
  transmit.cancel(frame);
  transmit.cancel(frame);
  assert(!frame.open);
  assertEquals([transmit.peek(), transmit.idle], [undefined, true]);
});

Deno.test("sent() and cancel() give the buffer of an idle connection back, and keep one that is in use", () => {
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  for (let round = 0; round < 2; round++) {
    const [frame, other] = [reserved(transmit, 48, 1), reserved(transmit, 48, 2)];
    transmit.commit(frame, 48);
    assertEquals(drain(transmit), [[1, 48]]);
    assert(pool.lent > CHUNK_DATA);
    transmit.cancel(other);
    assertEquals([pool.lent, transmit.idle], [0, true]);
  }
});

Deno.test("clear() gives everything back when the last open frame is cancelled", () => {
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  const open = reserved(transmit, CHUNK_DATA, 1);
  transmit.commit(reserved(transmit, CHUNK_DATA, 2), CHUNK_DATA);
  transmit.clear();
  assertEquals(transmit.peek(), undefined);
  assert(pool.lent > 0);
  transmit.cancel(open);
  assertEquals(pool.lent, 0);
});

Deno.test("clear() never uses a chunk again that a write may still read", () => {
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  transmit.commit(reserved(transmit, 48, 1), 48);
  const lent = transmit.peek();
  transmit.clear();
  assertEquals([pool.lent, pool.kept], [0, 0]);
  assertNotStrictEquals(pool.takeAnyway(CHUNK_DATA).buffer, lent?.buffer);
});

Deno.test("clear() uses a chunk again that no write reads any more", () => {
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  const frame = reserved(transmit, 48, 1);
  const { buffer } = frame.bytes;
  transmit.commit(frame, 48);
  transmit.peek();
  transmit.sent(40);
  transmit.clear();
  assertEquals(pool.lent, 0);
  assertStrictEquals(pool.takeAnyway(CHUNK_DATA).buffer, buffer);
});

Deno.test("everything committed is sent in order when frames come and go at random", () => {
  const prng = new Prng(2);
  const pool = new BufferPool();
  const transmit = new Transmit(pool);
  const open: [Frame, number][] = [];
  const expected: number[] = [];
  const seen: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const choice = prng.below(10);
    if (choice < 4) {
      const frame = new Frame();
      const length = prng.pick([48, 56, 1000, 70_000]);
      if (!transmit.reserve(frame, length)) continue;
      frame.bytes.fill(i & 0xff, frame.start, frame.start + length);
      open.push([frame, i & 0xff]);
    } else if (choice < 7 && open.length > 0) {
      const [[frame, byte]] = open.splice(prng.below(open.length), 1) as [[Frame, number]];
      if (prng.below(5) === 0) transmit.cancel(frame);
      else {
        const length = 1 + prng.below(frame.length);
        transmit.commit(frame, length);
        expected.push(byte * 0x1000000 + length);
      }
    } else {
      const bytes = transmit.peek();
      if (bytes === undefined) continue;
      const length = 1 + prng.below(bytes.length);
      for (const byte of bytes.subarray(0, length)) seen.push(byte);
      transmit.sent(length);
    }
  }
  for (const [frame] of open) transmit.cancel(frame);
  for (let bytes = transmit.peek(); bytes !== undefined; bytes = transmit.peek()) {
    for (const byte of bytes) seen.push(byte);
    transmit.sent(bytes.length);
  }
  let at = 0;
  for (const each of expected) {
    const byte = Math.floor(each / 0x1000000);
    const end = at + each % 0x1000000;
    for (; at < end; at++) if (seen[at] !== byte) throw new Error(`byte ${at} is wrong`);
  }
  assertEquals(seen.length, at);
  assertEquals(pool.lent, 0);
});
