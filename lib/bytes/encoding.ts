/**
 * Bytes as text: hexadecimal and base64, and the 0x / 0b values of iSCSI text (RFC 7143 §6.1, `large-binary-value`).
 *
 * @module
 */

/** How tolerant a decoder is. */
export interface DecodeOptions {
  /** Also take an odd number of hex digits, and base64 without padding or with rests in its last digit. */
  lenient?: boolean;
  /** Longest result, in bytes; anything longer is refused before it is decoded. No limit by default. */
  maxLength?: number;
}

/** Writes small hex digits, two to a byte, without prefix. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Reads hex digits of either case without prefix; `undefined` for anything else. */
export function decodeHex(text: string, options: DecodeOptions = {}): Uint8Array<ArrayBuffer> | undefined {
  const odd = text.length % 2;
  if (odd !== 0 && options.lenient !== true) return undefined;
  const length = (text.length + odd) / 2;
  if (length > (options.maxLength ?? Infinity) || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = parseInt(text.slice(Math.max(0, 2 * i - odd), 2 * i - odd + 2), 16);
  return bytes;
}

/** Writes base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i] as number) << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
    text += base64.charAt(group >>> 18) + base64.charAt(group >>> 12 & 63);
    text += left > 1 ? base64.charAt(group >>> 6 & 63) : "=";
    text += left > 2 ? base64.charAt(group & 63) : "=";
  }
  return text;
}

/** Reads base64 (RFC 4648 §4); `undefined` for anything else. */
export function decodeBase64(text: string, options: DecodeOptions = {}): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/={1,2}$/, "");
  const lenient = options.lenient === true;
  const padded = digits.length < text.length || !lenient;
  if (digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) return undefined;
  const length = Math.floor(digits.length * 3 / 4);
  if (length > (options.maxLength ?? Infinity)) return undefined;
  const bytes = new Uint8Array(length);
  let pending = 0, held = 0, at = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = base64.indexOf(digits.charAt(i));
    if (value === -1) return undefined;
    pending = (pending << 6 | value) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = pending >>> held;
    }
  }
  const rest = pending & ((1 << held) - 1);
  return rest !== 0 && !lenient ? undefined : bytes;
}

/** Writes a binary value of iSCSI text, `0x` and hex digits. */
export function encodeBinary(bytes: Uint8Array): string {
  return `0x${encodeHex(bytes)}`;
}

/** Reads a binary value of iSCSI text, `0x` with hex digits or `0b` with base64; `undefined` for anything else. */
export function decodeBinary(text: string, options: DecodeOptions = {}): Uint8Array<ArrayBuffer> | undefined {
  const prefix = text.slice(0, 2).toLowerCase();
  if (text.length === 2) return undefined;
  if (prefix === "0x") return decodeHex(text.slice(2), options);
  return prefix === "0b" ? decodeBase64(text.slice(2), options) : undefined;
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
