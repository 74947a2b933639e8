/**
 * The key=value text of Login and Text PDUs (RFC 7143 §6.1): pairs to bytes and back, and the simple value formats.
 *
 * @module
 */

/** A key and its value, as sent. Order and repetition matter to a negotiation, so pairs stay a list. */
export type TextPair = readonly [key: string, value: string];

/** Text that is not a sequence of key=value pairs. */
export class TextError extends Error {
  override readonly name = "TextError";
}

/** Longest key name, in bytes (RFC 7143 §6.1, `standard-label`). */
const MAX_KEY_LENGTH = 63;

/** Longest simple value, in bytes, where a key says nothing else (RFC 7143 §6.1). */
export const MAX_VALUE_LENGTH = 255;

/** Writes pairs, each ended by a NUL. */
export function encodeText(pairs: Iterable<TextPair>): Uint8Array {
  let text = "";
  for (const [key, value] of pairs) text += `${key}=${value}\0`;
  return new TextEncoder().encode(text);
}

/**
 * Reads pairs. The last NUL may be missing and several may follow one another: initiators in the field do both.
 *
 * @throws {TextError} no `=`, a key that is empty, too long or not printable ASCII, or bytes that are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): TextPair[] {
  const pairs: TextPair[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = bytes.indexOf(0, start);
    if (end === -1) end = bytes.length;
    if (end > start) pairs.push(decodePair(bytes.subarray(start, end)));
    start = end + 1;
  }
  return pairs;
}

/**
 * Reads a number from 0 to 2^53-1, decimal or with 0x hexadecimal (RFC 7143 §6.1, `numerical-value`); `undefined` for
 * anything else, signs, blanks and leading zeros included.
 */
export function parseNumerical(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15}|0[xX][0-9a-fA-F]{1,16})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Reads a list of values parted by commas (RFC 7143 §6.1, `list-of-values`); empty text is a list of one empty value. */
export function parseList(text: string): string[] {
  return text.split(",");
}

/** Writes a list of values parted by commas. */
export function formatList(values: readonly string[]): string {
  return values.join(",");
}

/** Reads `Yes` or `No`, or `undefined` for anything else (RFC 7143 §6.1, `boolean-value`). */
export function parseBoolean(text: string): boolean | undefined {
  if (text === "Yes") return true;
  return text === "No" ? false : undefined;
}

/** Writes `Yes` or `No`. */
export function formatBoolean(value: boolean): string {
  return value ? "Yes" : "No";
}

function decodePair(bytes: Uint8Array): TextPair {
  const equals = bytes.indexOf(0x3d);
  if (equals === -1) throw new TextError(`Cannot read text: no "=" in ${quote(bytes)}`);
  if (equals === 0) throw new TextError("Cannot read text: a pair has no key");
  if (equals > MAX_KEY_LENGTH) {
    throw new TextError(`Cannot read text: a key has ${equals} bytes, more than ${MAX_KEY_LENGTH}`);
  }
  let key = "";
  for (let i = 0; i < equals; i++) {
    const code = bytes[i] as number;
    if (code <= 0x20 || code >= 0x7f) throw new TextError(`Cannot read text: key ${quote(bytes)} is not ASCII`);
    key += String.fromCharCode(code);
  }
  try {
    return [key, utf8.decode(bytes.subarray(equals + 1))];
  } catch {
    throw new TextError(`Cannot read text: the value of ${key} is not UTF-8`);
  }
}

function quote(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(bytes.subarray(0, MAX_KEY_LENGTH)));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
