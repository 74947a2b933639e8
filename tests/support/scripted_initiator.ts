/**
 * The initiator of protocol stories: builds the bytes of any PDU, right or wrong, and reads what the target answers.
 * Bytes in, bytes out: no socket, no clock.
 *
 * Whatever a story does not say is filled in: opcode, lengths, padding, digests, tags and sequence numbers.
 *
 * @module
 */

import type { Fields, Layout, Values } from "../../lib/bytes/layout.ts";
import { RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";
import { decodeText, encodeText, type TextPair } from "../../lib/iscsi/text.ts";
import {
  buildPdu,
  describePdu,
  expectPdu,
  join,
  type PduOf,
  type PduOptions,
  type ReadPdu,
  readPdu,
} from "./pdu_bytes.ts";

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
  readonly #answers: ReadPdu[] = [];

  /** The bytes of a PDU. */
  pdu<F extends Fields>(
    layout: Layout<F>,
    values: Partial<Values<F>> = {},
    data: Uint8Array = nothing,
    options: PduOptions = {},
  ): Uint8Array<ArrayBuffer> {
    const filled = this.#fill(layout as unknown as Layout<Fields>, values as Record<string, unknown>);
    return buildPdu(layout, filled as Partial<Values<F>>, this, data, options);
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
    for (let read = readPdu(this.#bytes, this); read !== undefined; read = readPdu(this.#bytes, this)) {
      const [answer, length] = read;
      if (pdus.bhs.opcode.get(answer.header) < 0x20) {
        throw new Error(`Cannot take ${describePdu(answer)}: no target says so`);
      }
      this.#bytes = this.#bytes.slice(length);
      this.#follow(answer.name, answer.values);
      this.#answers.push(answer);
    }
  }

  /** The next answer; `undefined` when all have been seen. */
  next(): ReadPdu | undefined {
    return this.#answers.shift();
  }

  /**
   * The next answer, which must be of this kind.
   *
   * @throws {Error} when there is none, or another.
   */
  expect<F extends Fields>(layout: Layout<F>): PduOf<F> {
    return expectPdu(this.next(), layout);
  }

  /** The text of the next answer, which must be a Login or Text Response of this kind. */
  expectText<F extends Fields>(layout: Layout<F>): [PduOf<F>, TextPair[]] {
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
    if (answer !== undefined) throw new Error(`Cannot end: the target also sent ${describePdu(answer)}`);
    if (this.#bytes.length > 0) throw new Error(`Cannot end: ${this.#bytes.length} bytes of a PDU are there`);
  }

  #fill(layout: Layout<Fields>, given: Record<string, unknown>): Record<string, unknown> {
    const values: Record<string, unknown> = { ...given };
    const own = (field: string, value: number): void => {
      if (field in layout.fields && values[field] === undefined) values[field] = value;
    };
    own("initiatorTaskTag", this.initiatorTaskTag);
    own("cmdSn", this.cmdSn);
    own("expStatSn", this.expStatSn);
    if (given.initiatorTaskTag === undefined) this.initiatorTaskTag++;
    const numbered = "cmdSn" in layout.fields && given.cmdSn === undefined && given.immediate !== true;
    if (numbered && (layout as unknown) !== pdus.loginRequest) this.cmdSn = this.cmdSn + 1 >>> 0;
    return values;
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
