/**
 * However a byte stream is cut, the same PDUs come out of it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import type { Fields, Layout } from "../../lib/bytes/layout.ts";
import { Deframer, type Placement } from "../../lib/iscsi/deframer.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";
import { buildPdu, type Digests } from "../support/pdu_bytes.ts";
import { Prng } from "../support/prng.ts";

/** What came out of a deframer. */
interface Seen {
  readonly header: Uint8Array;
  readonly data: Uint8Array;
  readonly dataDigestError: boolean;
}

const LENGTHS = [0, 1, 2, 3, 4, 511, 512, 4096, 8191, 16383, 16384, 16385, 20_000, 65_536, 262_143, 262_144];
const layouts = Object.values(pdus) as unknown as Layout<Fields>[];

/** A stream of random PDUs, and what is to come out of it. */
function stream(prng: Prng, digests: Digests, most: number): { bytes: Uint8Array; expected: Seen[] } {
  const parts: Uint8Array[] = [];
  const expected: Seen[] = [];
  for (let total = 0; total < most;) {
    const layout = prng.pick(layouts);
    const noise = prng.fill(new Uint8Array(48));
    const small = prng.below(4) > 0;
    const data = prng.fill(new Uint8Array(small ? prng.below(200) : prng.pick(LENGTHS)));
    const ahs = prng.fill(new Uint8Array(prng.below(4) > 0 ? 0 : prng.pick([4, 8, 252, 1020])));
    const badDataDigest = data.length > 0 && digests.dataDigest && prng.below(8) === 0;
    const part = buildPdu(layout, layout.decode(noise), digests, data, { ahs, badDataDigest });
    expected.push({ header: part.slice(0, 48 + ahs.length), data, dataDigestError: badDataDigest });
    parts.push(part);
    total += part.length;
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, expected };
}

/** Cuts a stream and returns what comes out. */
function run(bytes: Uint8Array, digests: Digests, cut: () => number, placement: Placement): Seen[] {
  const pool = new BufferPool();
  const deframer = new Deframer(placement, pool);
  deframer.maxDataSegmentLength = 0xffffff;
  deframer.headerDigest = digests.headerDigest;
  deframer.dataDigest = digests.dataDigest;
  const seen: Seen[] = [];
  for (let at = 0; at < bytes.length;) {
    const want = deframer.want();
    const length = Math.min(cut(), want.length, bytes.length - at);
    want.set(bytes.subarray(at, at + length));
    deframer.fill(length);
    at += length;
    for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) {
      const { base, ahsLength, data, dataLength, dataDigestError } = pdu;
      assertEquals(data.length, dataLength);
      seen.push({ header: pdu.bytes.slice(base, base + 48 + ahsLength), data: data.slice(), dataDigestError });
    }
  }
  assertEquals(pool.lent, 0);
  return seen;
}

const cuts: readonly [name: string, most: number, cut: (prng: Prng) => () => number][] = [
  ["byte by byte", 150_000, () => () => 1],
  ["whole", 3_000_000, () => () => Infinity],
  ["at random", 3_000_000, (prng) => () => 1 + prng.below(prng.pick([2, 60, 5000, 70_000]))],
  ["at the length of a header", 1_000_000, () => () => 48],
  ["at an odd length", 1_000_000, () => () => 1447],
];

const placements: readonly [name: string, placement: (prng: Prng) => Placement][] = [
  ["nowhere", () => ({ place: () => undefined })],
  ["where it belongs", () => ({ place: (_bytes, _base, length) => new Uint8Array(length) })],
  ["here or there", (prng) => ({
    place(_bytes, _base, length) {
      return prng.below(2) === 0 ? undefined : new Uint8Array(length + 7).subarray(3, 3 + length);
    },
  })],
];

let seed = 1;
for (const headerDigest of [false, true]) {
  for (const dataDigest of [false, true]) {
    for (const [how, most, cut] of cuts) {
      for (const [where, placement] of placements) {
        const name = `header digest ${headerDigest ? "on" : "off"}, data digest ${dataDigest ? "on" : "off"}`;
        const number = seed++;
        Deno.test(`next() gives the same PDUs when they are cut ${how} and data goes ${where}, ${name}`, () => {
          const prng = new Prng(number);
          const digests = { headerDigest, dataDigest };
          const { bytes, expected } = stream(prng, digests, most);
          compare(run(bytes, digests, cut(prng), placement(prng)), expected);
        });
      }
    }
  }
}

function compare(seen: readonly Seen[], expected: readonly Seen[]): void {
  assertEquals(seen.length, expected.length);
  seen.forEach(({ header, data, dataDigestError }, i) => {
    const wanted = expected[i] as Seen;
    assertEquals(header, wanted.header);
    assertEquals(dataDigestError, wanted.dataDigestError);
    // The assertion on each byte of a long array takes its time.
    if (!same(data, wanted.data)) assertEquals(data, wanted.data);
  });
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
