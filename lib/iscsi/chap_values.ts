/**
 * The text of CHAP as it comes from initiators (RFC 7143 §12.1.3): which keys come together, and what their values may be.
 * Lengths are checked before anything is decoded.
 *
 * @module
 */

import { decodeBinary } from "../bytes/encoding.ts";
import { loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import { parseList, parseNumerical, type TextPair } from "./text.ts";

/** Longest name in CHAP_N, in bytes (RFC 7143 §6.1). */
export const MAX_CHAP_NAME = 255;

/** Longest challenge in CHAP_C, in bytes (RFC 7143 §12.1.3). */
export const MAX_CHAP_CHALLENGE = 1024;

/** Algorithms in one CHAP_A that are looked at. */
const MAX_ALGORITHMS = 32;

/** What an initiator says to a challenge. */
export interface ChapRequest {
  /** CHAP_N. */
  readonly name: string;
  /** CHAP_R, as text. */
  readonly response: string;
  /** What it wants to know of us: mutual CHAP. */
  readonly question?: { readonly identifier: number; readonly challenge: Uint8Array };
}

/**
 * Reads the first keys: CHAP_A alone.
 *
 * @returns the numbers in the list; what is no number was never an algorithm of ours
 * @throws {LoginError} 0200h for other keys
 */
export function readAlgorithms(pairs: readonly TextPair[]): number[] {
  const { CHAP_A } = only(pairs, ["CHAP_A"], []);
  const numbers: number[] = [];
  for (const item of parseList(CHAP_A).slice(0, MAX_ALGORITHMS)) {
    const number = parseNumerical(item);
    if (number !== undefined) numbers.push(number);
  }
  return numbers;
}

/**
 * Reads the second keys: CHAP_N with CHAP_R, and for mutual CHAP also CHAP_I with CHAP_C.
 *
 * @throws {LoginError} 0200h for other keys, and for a CHAP_I or CHAP_C that cannot be
 */
export function readRequest(pairs: readonly TextPair[]): ChapRequest {
  const { CHAP_N, CHAP_R, CHAP_I, CHAP_C } = only(pairs, ["CHAP_N", "CHAP_R"], ["CHAP_I", "CHAP_C"]);
  const request = { name: CHAP_N, response: CHAP_R };
  if (CHAP_I === undefined && CHAP_C === undefined) return request;
  if (CHAP_I === undefined || CHAP_C === undefined) throw malformed("CHAP_I and CHAP_C do not come alone");
  const identifier = parseNumerical(CHAP_I);
  if (identifier === undefined || identifier > 255) throw malformed("CHAP_I is no number from 0 to 255");
  const challenge = readBinary(CHAP_C, MAX_CHAP_CHALLENGE);
  if (challenge === undefined) throw malformed(`CHAP_C is not 1 to ${MAX_CHAP_CHALLENGE} bytes in hex or base64`);
  return { ...request, question: { identifier, challenge } };
}

/**
 * Checks CHAP_N.
 *
 * @throws {LoginError} 0200h when it is empty or too long
 */
export function readName(name: string): string {
  const length = name.length > MAX_CHAP_NAME ? name.length : new TextEncoder().encode(name).length;
  if (length >= 1 && length <= MAX_CHAP_NAME) return name;
  throw malformed(`CHAP_N has ${length} bytes, and has to have 1 to ${MAX_CHAP_NAME}`);
}

/**
 * Reads CHAP_R.
 *
 * @param length bytes that the algorithm gives
 * @throws {LoginError} 0201h when it is anything else than so many bytes
 */
export function readResponse(text: string, length: number): Uint8Array {
  const response = readBinary(text, length);
  if (response?.length === length) return response;
  throw new LoginError(
    loginStatus.authenticationFailure,
    `Cannot authenticate: CHAP_R is not ${length} bytes in hex or base64`,
  );
}

/**
 * Reads bytes in hex or base64; `undefined` when there are none or more than `maxLength`. The text is never decoded when
 * it is longer than the longest way to write so many bytes.
 */
export function readBinary(text: string, maxLength: number): Uint8Array | undefined {
  if (text.length > 2 + 2 * maxLength) return undefined;
  // Base64 without padding is met in the field; half a byte in hex is a slip.
  const base64 = text.slice(0, 2).toLowerCase() === "0b";
  const bytes = decodeBinary(text, { maxLength, lenient: base64 });
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

/** The values of keys that come together: all of `wanted`, maybe some of `optional`, and nothing else. */
function only<W extends string, O extends string>(
  pairs: readonly TextPair[],
  wanted: readonly W[],
  optional: readonly O[],
): Record<W, string> & Partial<Record<O, string>> {
  const values: Record<string, string> = {};
  const known: readonly string[] = [...wanted, ...optional];
  for (const [key, value] of pairs) {
    if (!known.includes(key)) throw malformed(`${key} comes at the wrong time`);
    if (values[key] !== undefined) throw malformed(`${key} comes twice`);
    values[key] = value;
  }
  const missing = wanted.find((key) => values[key] === undefined);
  if (missing !== undefined) throw malformed(`${missing} is missing`);
  return values as Record<W, string> & Partial<Record<O, string>>;
}

function malformed(why: string): LoginError {
  return new LoginError(loginStatus.initiatorError, `Cannot authenticate: ${why}`);
}
