/**
 * The initiator of protocol stories: builds the bytes of any PDU, right or wrong, and reads what the target answers.
 * Bytes in, bytes out: no socket, no clock.
 *
 * Whatever a story does not say is filled in: opcode, lengths, padding, digests, tags and sequence numbers.
 *
 * @module
 */

import { crc32c } from "../../lib/bytes/crc32c.ts";
import { type Fields, type Layout, readU32, type Values, writeU32 } from "../../lib/bytes/layout.ts";
import { BHS_LENGTH, opcode, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ahsLengthOf, dataLengthOf, paddingOf } from "../../lib/iscsi/pdu/bhs.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";
import { decodeText, encodeText, type TextPair } from "../../lib/iscsi/text.ts";

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

/** A PDU from the target. */
export interface Answer {
  /** The name of its layout. */
  readonly name: string;
  readonly header: Uint8Array;
  readonly values: Readonly<Record<string, unknown>>;
  readonly ahs: Uint8Array;
  readonly data: Uint8Array;
}

/** An answer of a known kind: the fields of its layout, and its data. */
export type AnswerOf<F extends Fields> = Values<F> & { readonly data: Uint8Array };

/** A scripted initiator on one connection. */
export class ScriptedInitiator {
  /** CRC32C over headers, both ways, from the next PDU on. */
  headerDigest = false;
  /** CRC32C over data segments, both ways, from the next PDU on. */
  dataDigest = false;
  /** CmdSN of the next request that does not say its own; counts when that is not immediate. */
  cmdSn = 1;
  /** ExpStatSN of the next PDU that does not say its own; follows the answers. */
  expStatSn = 0;
  /** Initiator task tag of the next request that does not say its own; counts each time. */
  initiatorTaskTag = 0x1000;

  #bytes = new Uint8Array(0);
  readonly #answers: Answer[] = [];

  /** The bytes of a PDU. */
  pdu<F extends Fields>(
    layout: Layout<F>,
    values: Partial<Values<F>> = {},
    data: Uint8Array = nothing,
    options: PduOptions = {},
  ): Uint8Array<ArrayBuffer> {
    const ahs = options.ahs ?? nothing;
    const header = this.#header(layout as unknown as Layout<Fields>, values as Record<string, unknown>);
    pdus.bhs.totalAhsLength.set(header, options.totalAhsLength ?? ahs.length / 4);
    pdus.bhs.dataSegmentLength.set(header, options.dataSegmentLength ?? data.length);
    const parts: Uint8Array[] = [header, ahs];
    if (this.headerDigest) parts.push(digest(join([header, ahs]), options.badHeaderDigest === true));
    if (data.length > 0) {
      const padded = join([data, new Uint8Array(paddingOf(data.length))]);
      parts.push(padded);
      if (this.dataDigest) parts.push(digest(padded, options.badDataDigest === true));
    }
    return join(parts);
  }

  /** The bytes of a Login Request with text, by default from the operational stage straight to full feature phase. */
  login(
    pairs: Iterable<TextPair>,
    values: Partial<Values<typeof pdus.loginRequest.fields>> = {},
  ): Uint8Array<ArrayBuffer> {
    const stages = { transit: true, currentStage: 1, nextStage: 3, isid: defaultIsid };
    return this.pdu(pdus.loginRequest, { ...stages, ...values }, encodeText(pairs));
  }

  /** Takes bytes from the target, cut anywhere. */
  receive(bytes: Uint8Array): void {
    this.#bytes = join([this.#bytes, bytes]);
    for (let answer = this.#read(); answer !== undefined; answer = this.#read()) this.#answers.push(answer);
  }

  /** The next answer; `undefined` when all have been seen. */
  next(): Answer | undefined {
    return this.#answers.shift();
  }

  /**
   * The next answer, which must be of this kind.
   *
   * @throws {Error} when there is none, or another.
   */
  expect<F extends Fields>(layout: Layout<F>): AnswerOf<F> {
    const answer = this.next();
    if (answer === undefined) throw new Error(`Cannot read a ${nameOf(layout)}: the target has not answered`);
    if (answer.name !== nameOf(layout)) {
      throw new Error(`Cannot read a ${nameOf(layout)}: the target answered ${describe(answer)}`);
    }
    return { ...layout.decode(answer.header), data: answer.data };
  }

  /** The text of the next answer, which must be a Login or Text Response of this kind. */
  expectText<F extends Fields>(layout: Layout<F>): [AnswerOf<F>, TextPair[]] {
    const answer = this.expect(layout);
    return [answer, decodeText(answer.data)];
  }

  /**
   * Nothing more must have come.
   *
   * @throws {Error} when an answer has not been seen, or a PDU is not whole.
   */
  expectNothing(): void {
    const answer = this.next();
    if (answer !== undefined) throw new Error(`Cannot end: the target also sent ${describe(answer)}`);
    if (this.#bytes.length > 0) throw new Error(`Cannot end: ${this.#bytes.length} bytes of a PDU are there`);
  }

  #header(layout: Layout<Fields>, given: Record<string, unknown>): Uint8Array {
    const values: Record<string, unknown> = { ...defaults(layout), ...given };
    const own = (field: string, value: number): void => {
      if (field in layout.fields && values[field] === undefined) values[field] = value;
    };
    own("initiatorTaskTag", this.initiatorTaskTag);
    own("cmdSn", this.cmdSn);
    own("expStatSn", this.expStatSn);
    if (given.initiatorTaskTag === undefined) this.initiatorTaskTag++;
    if ("cmdSn" in layout.fields && given.cmdSn === undefined && values.immediate !== true) {
      this.cmdSn = this.cmdSn + 1 >>> 0;
    }
    return layout.encode(values);
  }

  #read(): Answer | undefined {
    const bytes = this.#bytes;
    if (bytes.length < BHS_LENGTH) return undefined;
    const headerEnd = BHS_LENGTH + ahsLengthOf(bytes);
    const data = headerEnd + (this.headerDigest ? 4 : 0);
    const length = dataLengthOf(bytes);
    const dataEnd = data + length + paddingOf(length);
    const end = dataEnd + (this.dataDigest && length > 0 ? 4 : 0);
    if (bytes.length < end) return undefined;
    if (this.headerDigest) checkDigest(bytes, 0, headerEnd, "header");
    if (this.dataDigest && length > 0) checkDigest(bytes, data, dataEnd, "data");
    for (let i = data + length; i < dataEnd; i++) {
      if (bytes[i] !== 0) throw new Error("Cannot read a PDU: padding not 0");
    }
    const header = bytes.slice(0, BHS_LENGTH);
    const [name, layout] = layoutOf(header);
    this.#bytes = bytes.slice(end);
    const values = layout.decode(header) as Record<string, unknown>;
    this.#follow(name, values);
    return { name, header, values, ahs: bytes.slice(BHS_LENGTH, headerEnd), data: bytes.slice(data, data + length) };
  }

  /** Counts ExpStatSN on by every PDU that uses a StatSN up (RFC 7143 §4.2.2.2). */
  #follow(name: string, values: Record<string, unknown>): void {
    if (name === "r2t" || (name === "dataIn" && values.hasStatus !== true)) return;
    if (name === "nopIn" && values.initiatorTaskTag === RESERVED_TAG) return;
    this.expStatSn = (values.statSn as number) + 1 >>> 0;
  }
}

const nothing = new Uint8Array(0);
const defaultIsid = Uint8Array.of(0x80, 0x12, 0x34, 0x56, 0x00, 0x01);

/** Opcodes of the layouts in the order of the standard; the target's are those from 20h on. */
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
  const name = code < 0x20 ? undefined : Object.keys(opcodes).find((name) => opcodes[name] === code);
  const layout = name === undefined ? undefined : layouts[name];
  if (name === undefined || layout === undefined) {
    throw new Error(`Cannot read a PDU: ${code.toString(16)}h is no opcode of a target`);
  }
  return [name, layout];
}

function defaults(layout: Layout<Fields>): Record<string, unknown> {
  const name = nameOf(layout);
  const values: Record<string, unknown> = { opcode: opcodes[name] };
  if ("final" in layout.fields) values.final = true;
  if (name === "loginRequest") values.immediate = true;
  if ("targetTransferTag" in layout.fields) values.targetTransferTag = RESERVED_TAG;
  return values;
}

function describe({ name, values, data }: Answer): string {
  const numbers = Object.entries(values).filter(([, value]) => typeof value !== "object");
  return `${name} { ${numbers.map(([key, value]) => `${key}: ${value}`).join(", ")} } and ${data.length} bytes`;
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

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
