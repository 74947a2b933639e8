/**
 * CRC32C by its definition, and bytes to take it of.
 *
 * @module
 */

/** The register of CRC32C after these bytes, bit by bit, the first bit of the polynomial the lowest. Signed. */
export function registerByBits(register: number, bytes: Uint8Array): number {
  let crc = register;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
  }
  return crc | 0;
}

/** The digest as it lies on the wire, the first byte the highest (RFC 7143 §13.1). */
export function crc32cByBits(bytes: Uint8Array): number {
  const wire = new DataView(new ArrayBuffer(4));
  wire.setUint32(0, ~registerByBits(-1, bytes), true);
  return wire.getUint32(0);
}

/** Bytes without a pattern, the same at every run. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  let state = length;
  return Uint8Array.from({ length }, () => (state = Math.imul(state, 1664525) + 1013904223 | 0) >>> 24);
}
