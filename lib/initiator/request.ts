/**
 * Something that was asked of the target and waits for its answer.
 *
 * Tested in tests/initiator/initiator_test.ts.
 *
 * @module
 */

import type { Pdu } from "../iscsi/deframer.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import type { PduChannel } from "./channel.ts";
import type { SequenceNumbers } from "./numbers.ts";

/** What a request sends with. */
export interface RequestContext {
  readonly channel: PduChannel;
  readonly numbers: SequenceNumbers;
}

/** A request as the session deals with it, whatever its answer. */
export interface Pending {
  /** Goes past the command window (RFC 7143 §4.2.2.1). */
  readonly immediate: boolean;
  /** Sends what opens the request, under this tag. */
  send(context: RequestContext, initiatorTaskTag: number): void;
  /**
   * Takes a PDU that carries the tag.
   *
   * @returns true when it was the last one
   * @throws {ConnectionError} the PDU makes no sense here.
   */
  receive(pdu: Pdu, context: RequestContext): boolean;
  /** Where a data segment of the request goes; `undefined` when any place will do. */
  place(bytes: Uint8Array, base: number, length: number): Uint8Array<ArrayBuffer> | undefined;
  /** Ends the request without an answer. */
  fail(error: unknown): void;
}

/** A request with its answer. */
export abstract class Request<T> implements Pending {
  readonly #settlement = Promise.withResolvers<T>();

  /** Settles with the answer. */
  get answer(): Promise<T> {
    return this.#settlement.promise;
  }

  abstract readonly immediate: boolean;
  abstract send(context: RequestContext, initiatorTaskTag: number): void;
  abstract receive(pdu: Pdu, context: RequestContext): boolean;

  place(_bytes: Uint8Array, _base: number, _length: number): Uint8Array<ArrayBuffer> | undefined {
    return undefined;
  }

  fail(error: unknown): void {
    this.#settlement.reject(error);
  }

  /** Ends the request with its answer. */
  protected settle(value: T): true {
    this.#settlement.resolve(value);
    return true;
  }

  /** Refuses a PDU of another kind than this request is answered with. */
  protected expect(pdu: Pdu, code: number): void {
    const found = bhs.opcode.get(pdu.bytes, pdu.base);
    if (found !== code) throw unexpected(found);
  }
}

/** The error for a PDU that answers nothing. */
export function unexpected(code: number): ConnectionError {
  return new ConnectionError(`Cannot understand the target: a PDU with opcode ${code.toString(16)}h answers nothing`);
}
