/**
 * The eight bytes of a logical unit number (SAM-5 §4.7): single-level peripheral device and flat space addressing, and
 * well known logical units.
 *
 * Data path: nothing here allocates.
 *
 * @module
 */

/** Highest number that flat space addressing can name. */
export const MAX_LUN = 0x3fff;

/** What {@link decodeLun} says of an address that names no logical unit here. */
export const NO_LUN = -1;

/** What {@link decodeLun} adds to the number of a well known logical unit; REPORT LUNS is C101h (SPC-5). */
const WELL_KNOWN_LUN = 0xc100;

/** Writes a number from 0 to 16383: peripheral device addressing below 256, flat space addressing above. */
export function encodeLun(lun: number, into: Uint8Array = new Uint8Array(8), base = 0): Uint8Array {
  into[base] = lun < 0x100 ? 0 : 0x40 | lun >>> 8;
  into[base + 1] = lun;
  for (let i = base + 2; i < base + 8; i++) into[i] = 0;
  return into;
}

/**
 * Reads a number from 0 to 16383, or from C100h to C1FFh for a well known logical unit; {@link NO_LUN} for a bus other
 * than 0, a second level, and for the other extended and the logical unit addressing methods.
 */
export function decodeLun(bytes: Uint8Array, base = 0): number {
  for (let i = base + 2; i < base + 8; i++) if (bytes[i] !== 0) return NO_LUN;
  const high = bytes[base] as number;
  if (high === 0) return bytes[base + 1] as number;
  if (high === wellKnown) return WELL_KNOWN_LUN | bytes[base + 1] as number;
  return high >>> 6 === flatSpace ? (high & 0x3f) << 8 | bytes[base + 1] as number : NO_LUN;
}

const flatSpace = 1;
/** Extended addressing, of length 0 and method 1. */
const wellKnown = 0xc1;
