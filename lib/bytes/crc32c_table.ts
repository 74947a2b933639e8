/**
 * CRC32C by tables, eight bytes at a time: for short inputs, and where there is nothing better.
 *
 * Data path: allocates nothing.
 *
 * @module
 */

/** The polynomial reflected (RFC 7143 §13.1: 11EDC6F41h). */
const POLYNOMIAL = 0x82f63b78;

/** Entry 256 k + x: byte x followed by k zero bytes. */
const T = makeTables();

/**
 * Runs the bytes from `start` to `end` through a register, which begins and ends as it is: nothing is inverted, and the
 * first bit of the polynomial is the lowest. The result is signed.
 */
export function crc32cRegister(register: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = register;
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

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let x = 0; x < 256; x++) {
    let crc = x;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
    tables[x] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] as number;
    tables[i] = before >>> 8 ^ (tables[before & 255] as number);
  }
  return tables;
}
