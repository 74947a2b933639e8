/**
 * CRC32C, the digest of iSCSI headers and data (RFC 7143 §13.1), in tables.
 *
 * Long inputs run as four streams side by side, because one stream waits for its own last lookup; short ones (headers)
 * run as one.
 *
 * Data path: no allocation but one view per buffer.
 *
 * @module
 */

/**
 * The digest of `bytes` from `start` to `end`, so that `writeU32` puts it on the wire in the order of RFC 7143 §13.1.
 * Padding belongs to it (RFC 7143 §11.2.3). `seed` is the digest of what came before: digests of pieces chain.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { crc32c } from "./crc32c.ts";
 *
 * const zeros = new Uint8Array(32);
 * assertEquals(crc32c(zeros), 0xaa36918a);
 * assertEquals(crc32c(zeros, 12, 32, crc32c(zeros, 0, 12)), 0xaa36918a);
 * ```
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  const crc = ~swap(seed);
  return swap(~(end - start < SHORT ? bytewise(crc, bytes, start, end) : wordwise(crc, bytes, start, end))) >>> 0;
}

/** Below this many bytes a view of words costs more than it gains. */
const SHORT = 128;
/** Words of one stream of a round. */
const STREAM = 128;
/** Words of a round: four streams. */
const ROUND = 4 * STREAM;
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function bytewise(crc: number, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; at + 8 <= end; at += 8) {
    crc = T[1792 + ((crc ^ (bytes[at] as number)) & 255)] as number ^
      (T[1536 + ((crc >>> 8 ^ (bytes[at + 1] as number)) & 255)] as number) ^
      (T[1280 + ((crc >>> 16 ^ (bytes[at + 2] as number)) & 255)] as number) ^
      (T[1024 + (crc >>> 24 ^ (bytes[at + 3] as number))] as number) ^
      (T[768 + (bytes[at + 4] as number)] as number) ^ (T[512 + (bytes[at + 5] as number)] as number) ^
      (T[256 + (bytes[at + 6] as number)] as number) ^ (T[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = crc >>> 8 ^ (T[(crc ^ (bytes[at] as number)) & 255] as number);
  return crc;
}

function wordwise(crc: number, bytes: Uint8Array, start: number, end: number): number {
  if (!LITTLE_ENDIAN) return bytewise(crc, bytes, start, end);
  const aligned = start + (-(bytes.byteOffset + start) & 3);
  crc = bytewise(crc, bytes, start, aligned);
  const words = wordsOf(bytes.buffer);
  let at = (bytes.byteOffset + aligned) >>> 2;
  const last = at + (end - aligned >>> 2);
  for (; at + ROUND <= last; at += ROUND) crc = round(crc, words, at);
  for (; at < last; at++) crc = step(crc ^ (words[at] as number));
  return bytewise(crc, bytes, at * 4 - bytes.byteOffset, end);
}

/** Four streams of {@link STREAM} words from word `at` on, then joined. */
function round(crc: number, words: Int32Array, at: number): number {
  let a = crc, b = 0, c = 0, d = 0;
  for (let i = at, stop = at + STREAM; i < stop; i++) {
    a ^= words[i] as number;
    b ^= words[i + STREAM] as number;
    c ^= words[i + 2 * STREAM] as number;
    d ^= words[i + 3 * STREAM] as number;
    a = T[768 + (a & 255)] as number ^ (T[512 + (a >>> 8 & 255)] as number) ^ (T[256 + (a >>> 16 & 255)] as number) ^
      (T[a >>> 24] as number);
    b = T[768 + (b & 255)] as number ^ (T[512 + (b >>> 8 & 255)] as number) ^ (T[256 + (b >>> 16 & 255)] as number) ^
      (T[b >>> 24] as number);
    c = T[768 + (c & 255)] as number ^ (T[512 + (c >>> 8 & 255)] as number) ^ (T[256 + (c >>> 16 & 255)] as number) ^
      (T[c >>> 24] as number);
    d = T[768 + (d & 255)] as number ^ (T[512 + (d >>> 8 & 255)] as number) ^ (T[256 + (d >>> 16 & 255)] as number) ^
      (T[d >>> 24] as number);
  }
  return skip(skip(skip(a) ^ b) ^ c) ^ d;
}

/** One word on. */
function step(x: number): number {
  return T[768 + (x & 255)] as number ^ (T[512 + (x >>> 8 & 255)] as number) ^ (T[256 + (x >>> 16 & 255)] as number) ^
    (T[x >>> 24] as number);
}

/** As many zero bytes on as a stream has. */
function skip(x: number): number {
  return S[x & 255] as number ^ (S[256 + (x >>> 8 & 255)] as number) ^ (S[512 + (x >>> 16 & 255)] as number) ^
    (S[768 + (x >>> 24)] as number);
}

function swap(x: number): number {
  return x << 24 | (x & 0xff00) << 8 | x >>> 8 & 0xff00 | x >>> 24;
}

let viewed: ArrayBufferLike | undefined;
let view: Int32Array = new Int32Array(0);

/** The buffer as words: remembered, because one buffer is asked for many times in a row. */
function wordsOf(buffer: ArrayBufferLike): Int32Array {
  if (buffer !== viewed) {
    view = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
    viewed = buffer;
  }
  return view;
}

/** Entry 256 k + x: byte x followed by k zero bytes; the polynomial reflected (RFC 7143 §13.1: 11EDC6F41h). */
function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let x = 0; x < 256; x++) {
    let crc = x;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
    tables[x] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] as number;
    tables[i] = before >>> 8 ^ (tables[before & 255] as number);
  }
  return tables;
}

/** Entry 256 k + x: byte k of a running CRC is x, after as many zero bytes as a stream has. */
function makeSkips(): Int32Array {
  const bit = new Int32Array(32);
  for (let i = 0; i < 32; i++) {
    let crc = 1 << i;
    for (let word = 0; word < STREAM; word++) crc = step(crc);
    bit[i] = crc;
  }
  const skips = new Int32Array(4 * 256);
  for (let i = 0; i < skips.length; i++) {
    for (let j = 0; j < 8; j++) {
      if ((i >>> j & 1) !== 0) skips[i] = (skips[i] as number) ^ (bit[(i >>> 8) * 8 + j] as number);
    }
  }
  return skips;
}

const T = makeTables();
const S = makeSkips();
