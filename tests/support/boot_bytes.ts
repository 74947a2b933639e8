/**
 * Structures as a PC's firmware has them: packed, little-endian, made field by field in their order.
 *
 * @module
 */

/** An unsigned number of `size` bytes, below 2^53. */
export function le(size: 1 | 2 | 4 | 8, value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}

/** Text in ASCII, filled with zeros to `size` bytes. */
export function ascii(text: string, size: number = text.length): Uint8Array<ArrayBuffer> {
  return sized(new TextEncoder().encode(text), size);
}

/** Text in UTF-16 with the NUL at its end. */
export function utf16(text: string): Uint8Array<ArrayBuffer> {
  return join(...Array.from(`${text}\0`, (letter) => le(2, letter.charCodeAt(0))));
}

/** A GUID (RFC 9562 §4) as UEFI stores it: its first three numbers little-endian. */
export function guid(text: string): Uint8Array<ArrayBuffer> {
  const [a = "", b = "", c = "", d = "", e = ""] = text.split("-");
  const rest = (d + e).match(/../g) ?? [];
  return join(...[a, b, c].map(reversed), ...rest.map((digits) => le(1, Number(`0x${digits}`))));
}

/** `size` zeros. */
export function zeros(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size);
}

/**
 * `bytes`, filled with zeros to `size`.
 *
 * @throws {RangeError} If there are more.
 */
export function sized(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (bytes.length > size) throw new RangeError(`Cannot fit ${bytes.length} bytes: there is room for ${size}`);
  return join(bytes, zeros(size - bytes.length));
}

/** The parts one after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function reversed(digits: string): Uint8Array {
  const size = digits.length / 2;
  if (size !== 2 && size !== 4) throw new TypeError(`Cannot read ${digits}: not a part of a GUID`);
  return le(size, Number(`0x${digits}`));
}
