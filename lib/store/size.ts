/**
 * Sizes as people write them.
 *
 * @module
 */

/**
 * Reads a size in bytes: `512`, `10M`, `1.5G`, `1GiB`, `1GB`. Letters are taken in either case.
 *
 * - `K M G T P` and `KiB MiB GiB TiB PiB` count in powers of 1024, as `truncate` and `qemu-img` do;
 * - `KB MB GB TB PB` count in powers of 1000, as disk makers do;
 * - `B` or nothing counts bytes;
 * - a number with a fraction is rounded down to a multiple of 512 bytes.
 *
 * Throws a `RangeError` for anything else, for zero, and from 8 PiB (2^53 bytes) on.
 *
 * @example
 * ```ts
 * import { parseSize } from "./size.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSize("1.5G"), 1_610_612_736);
 * assertEquals(parseSize("1GB"), 1_000_000_000);
 * ```
 */
export function parseSize(text: string): number {
  const match = /^\s*(\d+)(\.\d+)?\s*([kmgtp]?)(i?b)?\s*$/i.exec(text);
  const [, whole = "", fraction = "", letter = "", suffix = ""] = match ?? [];
  if (match === null || (letter === "" && (fraction !== "" || suffix.length === 2))) {
    throw new RangeError(`Cannot read ${text} as a size: write bytes or a unit, as in 512, 10M, 1.5G, 1GiB or 1GB`);
  }
  const base = suffix.length === 1 ? 1000 : 1024;
  const product = Number(whole + fraction) * base ** powers.indexOf(letter.toUpperCase());
  const size = fraction === "" ? product : Math.floor(product / 512) * 512;
  if (size === 0) throw new RangeError(`Cannot use ${text} as a size: it is less than one block`);
  if (size > Number.MAX_SAFE_INTEGER) throw new RangeError(`Cannot use ${text} as a size: 8 PiB is too much`);
  return size;
}

/** Writes a size in the largest unit that gives at most three digits: `10 GiB`, `1.5 GiB`, `931.32 GiB`, `512 B`. */
export function formatSize(size: number): string {
  let power = 0;
  let value = size;
  while (value >= 1024 && power < powers.length - 1) {
    value /= 1024;
    power++;
  }
  return power === 0 ? `${size} B` : `${Number(value.toFixed(2))} ${powers[power]}iB`;
}

const powers = ["", "K", "M", "G", "T", "P"];
