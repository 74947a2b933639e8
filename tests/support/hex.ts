/**
 * Bytes as a fixture prints them.
 *
 * @module
 */

/** Reads hex digits; blanks and line ends between them are for the reader. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replaceAll(/\s/g, "");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw new TypeError(`Cannot read ${text}: not pairs of hex digits`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Writes bytes in groups of four, eight groups to a line. */
export function dump(bytes: Uint8Array): string {
  let text = "";
  for (const [i, byte] of bytes.entries()) {
    if (i > 0) text += i % 32 === 0 ? "\n" : i % 4 === 0 ? " " : "";
    text += byte.toString(16).padStart(2, "0");
  }
  return text;
}
