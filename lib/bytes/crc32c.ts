/**
 * CRC32C, the digest of iSCSI headers and data (RFC 7143 §13.1).
 *
 * Short inputs (headers) go through tables. Long ones are copied to a machine with vector instructions, which is worth it
 * by far; what is left of them goes through tables again.
 *
 * Data path: no allocation but one view for each 64 KiB of a long input.
 *
 * @module
 */

import { DATA, DATA_LENGTH, FOLDED, type Folding, makeFolding } from "./crc32c_folding.ts";
import { crc32cRegister } from "./crc32c_table.ts";

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
  const register = ~swap(seed);
  if (end - start < LONG) return digestOf(crc32cRegister(register, bytes, start, end));
  folding ??= makeFolding() ?? false;
  if (folding === false) return digestOf(crc32cRegister(register, bytes, start, end));
  return digestOf(foldedRegister(folding, register, bytes, start, end));
}

/** Like {@link crc32cRegister}, for at least one block. */
export function foldedRegister(
  { memory, fold }: Folding,
  register: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let from = DATA;
  let at = start;
  let rest = DATA;
  let dataEnd = DATA;
  while (at < end) {
    const length = Math.min(DATA_LENGTH, end - at);
    memory.set(bytes.subarray(at, at + length), DATA);
    at += length;
    dataEnd = DATA + length;
    rest = dataEnd - length % FOLDED;
    if (from === DATA) begin(memory, register);
    if (rest > DATA) fold(from, rest);
    from = DATA - FOLDED;
  }
  return crc32cRegister(crc32cRegister(0, memory, DATA - FOLDED, DATA), memory, rest, dataEnd);
}

/** From this many bytes on copying and folding are faster than tables. */
const LONG = 512;

/** Made when it is first needed; `false` where that is not possible. */
let folding: Folding | false | undefined;

/** A register that is not 0 at the start is the same as one that is, and other first bytes. */
function begin(memory: Uint8Array, register: number): void {
  for (let i = 0; i < 4; i++) memory[DATA + i] = (memory[DATA + i] as number) ^ register >>> 8 * i;
}

function digestOf(register: number): number {
  return swap(~register) >>> 0;
}

function swap(x: number): number {
  return x << 24 | (x & 0xff00) << 8 | x >>> 8 & 0xff00 | x >>> 24;
}
