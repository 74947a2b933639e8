/**
 * iSNS messages (RFC 4171 §5): a header, the status of a response, attributes; to bytes and back.
 *
 * @module
 */

import { layout, readU32, u16, u32, writeU32 } from "../bytes/layout.ts";
import { ISNS_VERSION, isnsFlag, RESPONSE } from "./constants.ts";

/** The header of a PDU. */
export const isnsHeader = layout("RFC 4171 §5.1", 12, {
  version: u16(0),
  function: u16(2),
  length: u16(4),
  flags: u16(6),
  transaction: u16(8),
  sequence: u16(10),
});

/** An attribute (RFC 4171 §5.3). */
export const isnsAttribute = layout("RFC 4171 §5.3", 8, { tag: u32(0), length: u32(4) });

/** A tag and its value, a multiple of four bytes. */
export type Attribute = readonly [tag: number, value: Uint8Array];

/** A message. */
export interface IsnsMessage {
  /** One of `isnsFunction`, with `RESPONSE` in a response. */
  readonly function: number;
  readonly flags: number;
  readonly transaction: number;
  /** Of a response. */
  readonly status?: number;
  readonly attributes: readonly Attribute[];
}

/** Bytes that are no message. */
export class IsnsError extends Error {
  override readonly name = "IsnsError";
}

/** Payload of one PDU, at most (RFC 4171 §5.1.3); a longer message goes in several. */
export const MAX_PAYLOAD = 65532;

/** The bytes of a message, in as many PDUs as it needs. */
export function encodeMessage(message: IsnsMessage): Uint8Array<ArrayBuffer> {
  const payload = encodePayload(message);
  const count = Math.max(1, Math.ceil(payload.length / MAX_PAYLOAD));
  const bytes = new Uint8Array(payload.length + count * isnsHeader.size);
  let at = 0;
  for (let sequence = 0; sequence < count; sequence++) {
    const piece = payload.subarray(sequence * MAX_PAYLOAD, (sequence + 1) * MAX_PAYLOAD);
    const edges = (sequence === 0 ? isnsFlag.first : 0) | (sequence === count - 1 ? isnsFlag.last : 0);
    isnsHeader.encode(
      {
        version: ISNS_VERSION,
        function: message.function,
        length: piece.length,
        flags: message.flags | edges,
        transaction: message.transaction,
        sequence,
      },
      bytes,
      at,
    );
    bytes.set(piece, at + isnsHeader.size);
    at += isnsHeader.size + piece.length;
  }
  return bytes;
}

/**
 * Reads the payload of a whole message.
 *
 * @throws {IsnsError} when attributes are longer than what is there
 */
export function decodePayload(
  header: { readonly function: number; readonly flags: number; readonly transaction: number },
  payload: Uint8Array,
): IsnsMessage {
  const isResponse = (header.function & RESPONSE) !== 0;
  if (isResponse && payload.length < 4) throw new IsnsError("Cannot read an iSNS response: it has no status");
  const attributes: Attribute[] = [];
  for (let at = isResponse ? 4 : 0; at < payload.length;) {
    if (payload.length - at < isnsAttribute.size) throw new IsnsError("Cannot read an iSNS message: it is cut off");
    const { tag, length } = isnsAttribute.decode(payload, at);
    at += isnsAttribute.size;
    if (length > payload.length - at) throw new IsnsError(`Cannot read iSNS attribute ${tag}: it is cut off`);
    attributes.push([tag, payload.slice(at, at + length)]);
    at += length;
  }
  const { function: kind, flags, transaction } = header;
  const message = { function: kind, flags, transaction, attributes };
  return isResponse ? { ...message, status: readU32(payload, 0) } : message;
}

/** An attribute that is a number of 32 bits. */
export function numberAttribute(tag: number, value: number): Attribute {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return [tag, bytes];
}

/** An attribute that is text: UTF-8 with a NUL, padded to four bytes (RFC 4171 §5.3.1). */
export function textAttribute(tag: number, text: string): Attribute {
  const utf8 = new TextEncoder().encode(text);
  const bytes = new Uint8Array((utf8.length + 4) & ~3);
  bytes.set(utf8);
  return [tag, bytes];
}

/** An attribute that is an address: IPv4 in the form of IPv6 (RFC 4171 §6.3.1). */
export function addressAttribute(tag: number, address: Uint8Array): Attribute {
  const bytes = new Uint8Array(16);
  if (address.length === 4) bytes.fill(0xff, 10, 12);
  bytes.set(address, 16 - address.length);
  return [tag, bytes];
}

/** The text of an attribute's value. */
export function textOf(value: Uint8Array): string {
  const end = value.indexOf(0);
  return new TextDecoder().decode(end === -1 ? value : value.subarray(0, end));
}

/** The first value of a tag. */
export function valueOf(message: IsnsMessage, tag: number): Uint8Array | undefined {
  return message.attributes.find(([one]) => one === tag)?.[1];
}

function encodePayload({ status, attributes }: IsnsMessage): Uint8Array {
  const size = attributes.reduce((sum, [, { length }]) => sum + isnsAttribute.size + length, 0);
  const payload = new Uint8Array(size + (status === undefined ? 0 : 4));
  let at = 0;
  if (status !== undefined) {
    writeU32(payload, 0, status);
    at = 4;
  }
  for (const [tag, value] of attributes) {
    isnsAttribute.encode({ tag, length: value.length }, payload, at);
    payload.set(value, at + isnsAttribute.size);
    at += isnsAttribute.size + value.length;
  }
  return payload;
}
