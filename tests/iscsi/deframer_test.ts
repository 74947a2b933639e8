import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { Deframer, type Placement } from "../../lib/iscsi/deframer.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { ScriptedInitiator } from "../support/scripted_initiator.ts";
import type { PduOptions } from "../support/pdu_bytes.ts";

const anywhere: Placement = { place: () => undefined };

/** A deframer that takes long segments, with digests or without. */
function newDeframer(digests = false, placement: Placement = anywhere) {
  const pool = new BufferPool();
  const deframer = new Deframer(placement, pool);
  deframer.maxDataSegmentLength = 1 << 20;
  deframer.headerDigest = deframer.dataDigest = digests;
  return { deframer, pool };
}

/** A NOP-Out as bytes. */
function ping(length: number, digests = false, options?: PduOptions): Uint8Array {
  const initiator = new ScriptedInitiator();
  initiator.headerDigest = initiator.dataDigest = digests;
  const data = Uint8Array.from({ length }, (_, i) => i * 7);
  return initiator.pdu(nopOut, { initiatorTaskTag: length }, data, options);
}

/** Fills a deframer from bytes, as far as it wants; returns how many it took. */
function pour(deframer: Deframer, bytes: Uint8Array): number {
  const want = deframer.want();
  const length = Math.min(want.length, bytes.length);
  want.set(bytes.subarray(0, length));
  deframer.fill(length);
  return length;
}

Deno.test("next() gives nothing when nothing has come", () => {
  const { deframer } = newDeframer();
  assertEquals(deframer.next(), undefined);
  assert(deframer.want().length > 0);
});

Deno.test("want() has little room until much comes at a time, and then much", () => {
  const { deframer } = newDeframer();
  const small = deframer.want().length;
  for (let i = 0; i < 100; i++) {
    pour(deframer, ping(100));
    assertEquals(deframer.next()?.dataLength, 100);
    assertEquals(deframer.next(), undefined);
  }
  assertEquals(deframer.want().length, small);
  // In pieces that leave the start of a PDU behind when the room grows.
  const bytes = Uint8Array.from(Array.from({ length: 20 }, () => [...ping(3000)]).flat());
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    at += pour(deframer, bytes.subarray(at, at + 5000));
    for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) {
      assertEquals([pdu.dataLength, pdu.data[2999]], [3000, 2999 * 7 & 0xff]);
      assertEquals(nopOut.initiatorTaskTag.get(pdu.bytes, pdu.base), 3000);
      count++;
    }
  }
  assertEquals([count, small < 10_000, deframer.want().length >= 65536], [20, true, true]);
});

Deno.test("next() gives many PDUs from one read, always in the same object", () => {
  const { deframer } = newDeframer();
  const both = new Uint8Array([...ping(5), ...ping(0)]);
  assertEquals(pour(deframer, both), both.length);
  const first = deframer.next();
  assertEquals([first?.dataLength, first?.data.length, first?.ahsLength], [5, 5, 0]);
  const second = deframer.next();
  assertStrictEquals(second, first);
  assertEquals([second?.dataLength, second?.data.length], [0, 0]);
  assertEquals(deframer.next(), undefined);
});

Deno.test("next() takes a short segment to where it belongs", () => {
  const place = new Uint8Array(5);
  const asked: number[] = [];
  const { deframer } = newDeframer(false, {
    place(bytes, base, length) {
      asked.push(nopOut.initiatorTaskTag.get(bytes, base), length);
      return place;
    },
  });
  pour(deframer, ping(5));
  assertStrictEquals(deframer.next()?.data, place);
  assertEquals(place, Uint8Array.of(0, 7, 14, 21, 28));
  assertEquals(asked, [5, 5]);
});

Deno.test("place() is asked once for a segment that comes in many pieces, and not without one", () => {
  let asked = 0;
  const { deframer } = newDeframer(false, {
    place: () => {
      asked++;
      return undefined;
    },
  });
  const bytes = new Uint8Array([...ping(0), ...ping(20_000), ...ping(300)]);
  for (let at = 0; at < bytes.length;) {
    at += pour(deframer, bytes.subarray(at, at + 100));
    while (deframer.next() !== undefined);
  }
  assertEquals(asked, 2);
});

Deno.test("want() is where a long segment belongs as soon as its header is there", () => {
  const place = new Uint8Array(20_000);
  const { deframer } = newDeframer(true, { place: () => place });
  const bytes = ping(20_000, true);
  pour(deframer, bytes.subarray(0, 52 + 100));
  assertEquals(deframer.next(), undefined);
  const want = deframer.want();
  assertStrictEquals(want.buffer, place.buffer);
  assertEquals([want.byteOffset, want.length], [100, 19_900]);
  for (let at = 152; at < bytes.length;) at += pour(deframer, bytes.subarray(at));
  const pdu = deframer.next();
  assertStrictEquals(pdu?.data, place);
  assertEquals([pdu?.dataDigestError, place[19_999]], [false, 19_999 * 7 & 0xff]);
});

Deno.test("want() does not take what follows a long segment into its place", () => {
  const { deframer, pool } = newDeframer();
  const bytes = new Uint8Array([...ping(20_001), ...ping(3)]);
  let at = 0;
  while (at < 20_000) {
    at += pour(deframer, bytes.subarray(at, 20_000));
    assertEquals(deframer.next(), undefined);
  }
  assertEquals(deframer.want().length, 48 + 20_001 - 20_000);
  const lengths: number[] = [];
  while (at < bytes.length) {
    at += pour(deframer, bytes.subarray(at));
    for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) lengths.push(pdu.dataLength);
  }
  assertEquals([lengths, pool.lent], [[20_001, 3], 0]);
});

Deno.test("next() lends room from the pool for a long segment that belongs nowhere, and gives it back", () => {
  const { deframer, pool } = newDeframer();
  const bytes = ping(100_000);
  for (let at = 0; at < bytes.length;) {
    at += pour(deframer, bytes.subarray(at));
    if (at < bytes.length) assertEquals(deframer.next(), undefined);
  }
  const pdu = deframer.next();
  assertEquals([pdu?.data.length, pdu?.data[99_999]], [100_000, 99_999 * 7 & 0xff]);
  assert(pool.lent > 0);
  assertEquals([deframer.next(), pool.lent], [undefined, 0]);
});

Deno.test("close() gives back what is on loan in the middle of a segment", () => {
  const { deframer, pool } = newDeframer();
  pour(deframer, ping(100_000).subarray(0, 1000));
  deframer.next();
  assert(pool.lent > 0);
  deframer.close();
  assertEquals(pool.lent, 0);
});

Deno.test("adopt() takes over the buffer that a segment is coming into, until it has come", () => {
  const pool = new BufferPool();
  const buffer = pool.takeAnyway(20_000);
  const { deframer } = (() => {
    const deframer = new Deframer({ place: () => buffer.subarray(0, 20_000) }, pool);
    deframer.maxDataSegmentLength = 1 << 20;
    return { deframer };
  })();
  assertEquals(deframer.adopt(buffer), false);
  const bytes = ping(20_000);
  let at = pour(deframer, bytes.subarray(0, 1000));
  deframer.next();
  assertEquals([deframer.adopt(new Uint8Array(5)), deframer.adopt(buffer)], [false, true]);
  while (at < bytes.length) at += pour(deframer, bytes.subarray(at));
  assertEquals(deframer.next()?.dataLength, 20_000);
  assert(pool.lent > 0);
  assertEquals([deframer.adopt(buffer), deframer.next(), pool.lent], [false, undefined, 0]);
});

for (const length of [100, 20_000]) {
  Deno.test(`next() tells a data digest that does not fit ${length} bytes, and goes on`, () => {
    const { deframer } = newDeframer(true);
    const bytes = new Uint8Array([...ping(length, true, { badDataDigest: true }), ...ping(length, true)]);
    const errors: (boolean | undefined)[] = [];
    for (let at = 0; at < bytes.length;) {
      at += pour(deframer, bytes.subarray(at));
      for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) errors.push(pdu.dataDigestError);
    }
    assertEquals(errors, [true, false]);
  });
}

for (const length of [0, 100, 20_000]) {
  Deno.test(`next() throws when a header digest does not fit and ${length} bytes of data follow`, () => {
    const { deframer } = newDeframer(true);
    pour(deframer, ping(length, true, { badHeaderDigest: true }));
    assertThrows(() => deframer.next(), ConnectionError, "header digest error");
  });
}

for (const [name, options] of [["short", { ahs: new Uint8Array(8) }], ["long", {}]] as const) {
  Deno.test(`next() throws as soon as a ${name} PDU's header is there and does not fit its digest`, () => {
    const { deframer, pool } = newDeframer(true);
    const bytes = ping(name === "short" ? 100 : 20_000, true, { badHeaderDigest: true, ...options });
    const header = 48 + (options.ahs?.length ?? 0) + 4;
    pour(deframer, bytes.subarray(0, header - 1));
    assertEquals(deframer.next(), undefined);
    pour(deframer, bytes.subarray(header - 1, header));
    assertThrows(() => deframer.next(), ConnectionError, "header digest error");
    assertEquals(pool.lent, 0);
  });
}

Deno.test("next() says that the digest is wrong when the length is, too", () => {
  for (const skipsBadHeaders of [false, true]) {
    const { deframer } = newDeframer(true);
    deframer.maxDataSegmentLength = 8192;
    deframer.skipsBadHeaders = skipsBadHeaders;
    pour(deframer, ping(0, true, { dataSegmentLength: 0xffffff, badHeaderDigest: true }));
    assertThrows(() => deframer.next(), ConnectionError, "header digest error");
  }
});

Deno.test("next() checks the header behind a PDU that came in pieces", () => {
  const { deframer } = newDeframer(true);
  const bytes = new Uint8Array([...ping(100, true), ...ping(0, true, { badHeaderDigest: true })]);
  pour(deframer, bytes.subarray(0, 60));
  assertEquals(deframer.next(), undefined);
  pour(deframer, bytes.subarray(60));
  assertEquals(deframer.next()?.dataLength, 100);
  assertThrows(() => deframer.next(), ConnectionError, "header digest error");
});

Deno.test("next() throws when a segment is longer than was declared, as soon as its header is there", () => {
  const { deframer, pool } = newDeframer();
  deframer.maxDataSegmentLength = 8192;
  const longest = ping(8192);
  for (let at = 0; at < longest.length;) {
    at += pour(deframer, longest.subarray(at));
    if (at < longest.length) assertEquals(deframer.next(), undefined);
  }
  assertEquals(deframer.next()?.dataLength, 8192);
  deframer.next();
  pour(deframer, ping(0, false, { dataSegmentLength: 8193 }));
  assertThrows(() => deframer.next(), ConnectionError, "8193 bytes: 8192 were declared");
  assertEquals(pool.lent, 0);
});

Deno.test("digests count from the next PDU on", () => {
  const { deframer } = newDeframer();
  pour(deframer, new Uint8Array([...ping(5), ...ping(6, true)]));
  assertEquals(deframer.next()?.dataLength, 5);
  deframer.headerDigest = deframer.dataDigest = true;
  const pdu = deframer.next();
  assertEquals([pdu?.dataLength, pdu?.dataDigestError], [6, false]);
});

Deno.test("next() takes the longest header with all digests", () => {
  const { deframer } = newDeframer(true);
  const bytes = ping(16384, true, { ahs: new Uint8Array(1020).fill(9) });
  for (let at = 0; at < bytes.length;) at += pour(deframer, bytes.subarray(at, at + 4097));
  const pdu = deframer.next();
  assertEquals([pdu?.ahsLength, pdu?.dataLength, pdu?.dataDigestError], [1020, 16384, false]);
  assertEquals(pdu?.bytes[pdu.base + 48], 9);
});
