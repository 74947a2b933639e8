/**
 * Builds and reads the bytes of any PDU, right or wrong, for the scripted ends of protocol stories.
 *
 * @module
 */

import { crc32c } from "../../lib/bytes/crc32c.ts";
import { type Fields, type Layout, readU32, type Values, writeU32 } from "../../lib/bytes/layout.ts";
import { BHS_LENGTH, opcode, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ahsLengthOf, dataLengthOf, paddingOf } from "../../lib/iscsi/pdu/bhs.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";

/** The digests in force. */
export interface Digests {
  headerDigest: boolean;
  dataDigest: boolean;
}

/** What to do to a PDU that a correct initiator would not. */
export interface PduOptions {
  /** Additional header segments, padded. */
  ahs?: Uint8Array;
  /** Spoils the header digest. */
  badHeaderDigest?: boolean;
  /** Spoils the data digest. */
  badDataDigest?: boolean;
  /** Says this DataSegmentLength, whatever the data. */
  dataSegmentLength?: number;
  /** Says this TotalAHSLength, whatever the segments. */
  totalAhsLength?: number;
}

/** A PDU that was read. */
export interface ReadPdu {
  /** The name of its layout. */
  readonly name: string;
  readonly header: Uint8Array;
  readonly values: Readonly<Record<string, unknown>>;
  readonly ahs: Uint8Array;
  readonly data: Uint8Array;
}

/** A PDU of a known kind: the fields of its layout, and its data. */
export type PduOf<F extends Fields> = Values<F> & { readonly data: Uint8Array; readonly ahs: Uint8Array };

/** The bytes of a PDU: lengths, padding and digests are filled in, and the opcode and constant bits unless said. */
export function buildPdu<F extends Fields>(
  layout: Layout<F>,
  values: Partial<Values<F>>,
  digests: Digests,
  data: Uint8Array = nothing,
  options: PduOptions = {},
): Uint8Array<ArrayBuffer> {
  const ahs = options.ahs ?? nothing;
  const header = layout.encode({ ...defaultsOf(layout), ...values } as Partial<Values<F>>);
  pdus.bhs.totalAhsLength.set(header, options.totalAhsLength ?? ahs.length / 4);
  pdus.bhs.dataSegmentLength.set(header, options.dataSegmentLength ?? data.length);
  const parts: Uint8Array[] = [header, ahs];
  if (digests.headerDigest) parts.push(digest(join([header, ahs]), options.badHeaderDigest === true));
  if (data.length > 0) {
    const padded = join([data, new Uint8Array(paddingOf(data.length))]);
    parts.push(padded);
    if (digests.dataDigest) parts.push(digest(padded, options.badDataDigest === true));
  }
  return join(parts);
}

/**
 * Reads the PDU at the front of the bytes; `undefined` when it is not whole.
 *
 * @returns the PDU and the number of its bytes
 * @throws {Error} a digest that is wrong, padding that is not 0, an opcode that is none.
 */
export function readPdu(bytes: Uint8Array, digests: Digests): [pdu: ReadPdu, length: number] | undefined {
  if (bytes.length < BHS_LENGTH) return undefined;
  const headerEnd = BHS_LENGTH + ahsLengthOf(bytes);
  const start = headerEnd + (digests.headerDigest ? 4 : 0);
  const length = dataLengthOf(bytes);
  const dataEnd = start + length + paddingOf(length);
  const end = dataEnd + (digests.dataDigest && length > 0 ? 4 : 0);
  if (bytes.length < end) return undefined;
  if (digests.headerDigest) checkDigest(bytes, 0, headerEnd, "header");
  if (digests.dataDigest && length > 0) checkDigest(bytes, start, dataEnd, "data");
  for (let i = start + length; i < dataEnd; i++) {
    if (bytes[i] !== 0) throw new Error("Cannot read a PDU: padding not 0");
  }
  const header = bytes.slice(0, BHS_LENGTH);
  const [name, layout] = layoutOf(header);
  const values = layout.decode(header) as Record<string, unknown>;
  const ahs = bytes.slice(BHS_LENGTH, headerEnd);
  return [{ name, header, values, ahs, data: bytes.slice(start, start + length) }, end];
}

/**
 * The fields and data of a PDU, which must be of this kind.
 *
 * @throws {Error} when there is none, or another.
 */
export function expectPdu<F extends Fields>(pdu: ReadPdu | undefined, layout: Layout<F>): PduOf<F> {
  if (pdu === undefined) throw new Error(`Cannot read a ${nameOf(layout)}: nothing has come`);
  if (pdu.name !== nameOf(layout)) throw new Error(`Cannot read a ${nameOf(layout)}: there is ${describePdu(pdu)}`);
  return { ...layout.decode(pdu.header), data: pdu.data, ahs: pdu.ahs };
}

/** A PDU for the message of an error. */
export function describePdu({ name, values, data }: ReadPdu): string {
  const numbers = Object.entries(values).filter(([, value]) => typeof value !== "object");
  return `${name} { ${numbers.map(([key, value]) => `${key}: ${value}`).join(", ")} } and ${data.length} bytes`;
}

/** Bytes one behind the other. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Opcodes of the layouts in the order of the standard. */
const opcodes: Readonly<Record<string, number>> = {
  nopOut: opcode.nopOut,
  scsiCommand: opcode.scsiCommand,
  taskManagementRequest: opcode.taskManagementRequest,
  loginRequest: opcode.loginRequest,
  textRequest: opcode.textRequest,
  dataOut: opcode.scsiDataOut,
  logoutRequest: opcode.logoutRequest,
  snackRequest: opcode.snackRequest,
  nopIn: opcode.nopIn,
  scsiResponse: opcode.scsiResponse,
  taskManagementResponse: opcode.taskManagementResponse,
  loginResponse: opcode.loginResponse,
  textResponse: opcode.textResponse,
  dataIn: opcode.scsiDataIn,
  logoutResponse: opcode.logoutResponse,
  r2t: opcode.r2t,
  asyncMessage: opcode.asyncMessage,
  reject: opcode.reject,
};

const layouts = pdus as unknown as Readonly<Record<string, Layout<Fields>>>;

function nameOf(layout: unknown): string {
  return Object.keys(layouts).find((name) => layouts[name] === layout) ?? "PDU of no name";
}

function layoutOf(header: Uint8Array): [name: string, layout: Layout<Fields>] {
  const code = pdus.bhs.opcode.get(header);
  const name = Object.keys(opcodes).find((name) => opcodes[name] === code);
  const layout = name === undefined ? undefined : layouts[name];
  if (name === undefined || layout === undefined) {
    throw new Error(`Cannot read a PDU: ${code.toString(16)}h is no opcode`);
  }
  return [name, layout];
}

function defaultsOf(layout: Layout<Fields> | unknown): Record<string, unknown> {
  const name = nameOf(layout);
  const { fields } = layout as Layout<Fields>;
  const values: Record<string, unknown> = { opcode: opcodes[name] };
  if ("final" in fields) values.final = true;
  if (name === "loginRequest") values.immediate = true;
  if (name === "reject" || name === "asyncMessage") values.initiatorTaskTag = RESERVED_TAG;
  if ("targetTransferTag" in fields) values.targetTransferTag = RESERVED_TAG;
  return values;
}

function digest(bytes: Uint8Array, bad: boolean): Uint8Array {
  const field = new Uint8Array(4);
  writeU32(field, 0, crc32c(bytes) ^ (bad ? 1 : 0));
  return field;
}

function checkDigest(bytes: Uint8Array, start: number, end: number, what: string): void {
  if (crc32c(bytes, start, end) !== readU32(bytes, end)) {
    throw new Error(`Cannot read a PDU: its ${what} digest is wrong`);
  }
}

const nothing = new Uint8Array(0);
