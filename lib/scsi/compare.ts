/**
 * What the commands that compare have in common.
 *
 * @module
 */

/** Where `data`, from byte `from` on, first differs from `medium`, counted from the start of `medium`; -1 for nowhere. */
export function firstDifference(medium: Uint8Array, data: Uint8Array, from: number): number {
  for (let i = 0; i < medium.length; i++) if (medium[i] !== data[from + i]) return i;
  return -1;
}

/** Whether all bytes are zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
