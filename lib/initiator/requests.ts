/**
 * What our initiator asks for besides SCSI commands: text, an echo, and the end.
 *
 * Tested in tests/initiator/initiator_test.ts.
 *
 * @module
 */

import { logoutReason, opcode, RESERVED_TAG } from "../iscsi/constants.ts";
import type { Pdu } from "../iscsi/deframer.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { logoutRequest, logoutResponse } from "../iscsi/pdu/logout.ts";
import { nopOut } from "../iscsi/pdu/nop.ts";
import { textRequest, textResponse } from "../iscsi/pdu/text.ts";
import { decodeText, encodeText, type TextPair } from "../iscsi/text.ts";
import { Request, type RequestContext } from "./request.ts";

/** Bytes of text that a target may answer with. */
const MAX_ANSWER = 16 * 1024 * 1024;

/** A Text exchange; its answer may take many PDUs (RFC 7143 §11.11). */
export class TextExchange extends Request<TextPair[]> {
  override readonly immediate = true;
  readonly #text: Uint8Array;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(pairs: Iterable<TextPair>) {
    super();
    this.#text = encodeText(pairs);
  }

  override send(context: RequestContext, initiatorTaskTag: number): void {
    this.#send(context, { initiatorTaskTag, targetTransferTag: RESERVED_TAG }, this.#text);
  }

  override receive(pdu: Pdu, context: RequestContext): boolean {
    this.expect(pdu, opcode.textResponse);
    const { bytes, base, data } = pdu;
    this.#length += data.length;
    if (this.#length > MAX_ANSWER) {
      throw new ConnectionError(`Cannot gather the target's text: it is longer than ${MAX_ANSWER} bytes`);
    }
    this.#pieces.push(data.slice());
    if (textResponse.final.get(bytes, base)) return this.settle(decodeText(this.#join()));
    const initiatorTaskTag = textResponse.initiatorTaskTag.get(bytes, base);
    const targetTransferTag = textResponse.targetTransferTag.get(bytes, base);
    if (targetTransferTag === RESERVED_TAG) {
      throw new ConnectionError("Cannot go on with the target's text: it has no target transfer tag");
    }
    const lun = textResponse.lun.get(bytes, base).slice();
    this.#send(context, { initiatorTaskTag, targetTransferTag, lun }, nothing);
    return false;
  }

  #send(
    context: RequestContext,
    tags: { initiatorTaskTag: number; targetTransferTag: number; lun?: Uint8Array },
    text: Uint8Array,
  ): void {
    const { numbers, channel } = context;
    const header = textRequest.encode({
      opcode: opcode.textRequest,
      immediate: true,
      final: true,
      cmdSn: numbers.cmdSn,
      expStatSn: numbers.expStatSn,
      ...tags,
    });
    channel.send(header, text);
  }

  #join(): Uint8Array {
    const text = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      text.set(piece, at);
      at += piece.length;
    }
    return text;
  }
}

/** A NOP-Out that wants its data back (RFC 7143 §11.18). */
export class Ping extends Request<Uint8Array> {
  override readonly immediate = true;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    super();
    this.#data = data;
  }

  override send({ numbers, channel }: RequestContext, initiatorTaskTag: number): void {
    const header = nopOut.encode({
      opcode: opcode.nopOut,
      immediate: true,
      final: true,
      initiatorTaskTag,
      targetTransferTag: RESERVED_TAG,
      cmdSn: numbers.cmdSn,
      expStatSn: numbers.expStatSn,
    });
    channel.send(header, this.#data);
  }

  override receive(pdu: Pdu): boolean {
    this.expect(pdu, opcode.nopIn);
    return this.settle(pdu.data.slice());
  }
}

/** A logout that closes the session (RFC 7143 §11.14). Its answer is one of `logoutOutcome`. */
export class Logout extends Request<number> {
  override readonly immediate = true;

  override send({ numbers, channel }: RequestContext, initiatorTaskTag: number): void {
    const header = logoutRequest.encode({
      opcode: opcode.logoutRequest,
      immediate: true,
      final: true,
      reason: logoutReason.closeSession,
      initiatorTaskTag,
      cmdSn: numbers.cmdSn,
      expStatSn: numbers.expStatSn,
    });
    channel.send(header);
  }

  override receive(pdu: Pdu): boolean {
    this.expect(pdu, opcode.logoutResponse);
    return this.settle(logoutResponse.response.get(pdu.bytes, pdu.base));
  }
}

const nothing = new Uint8Array(0);
