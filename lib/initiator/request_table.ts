/**
 * The requests of a session: those that were sent, by their tags, and those that the command window holds back.
 *
 * Tested in tests/initiator/initiator_test.ts.
 *
 * @module
 */

import { RESERVED_TAG } from "../iscsi/constants.ts";
import type { Pdu } from "../iscsi/deframer.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import { type Pending, type RequestContext, unexpected } from "./request.ts";

/** All requests that wait for something. */
export class RequestTable {
  readonly #context: RequestContext;
  readonly #sent = new Map<number, Pending>();
  readonly #held: Pending[] = [];
  #nextTag = 1;

  constructor(context: RequestContext) {
    this.#context = context;
  }

  /** Nothing waits. */
  get idle(): boolean {
    return this.#sent.size === 0 && this.#held.length === 0;
  }

  /** Sends a request, or holds it until the window opens. */
  add(request: Pending): void {
    if (request.immediate || (this.#context.numbers.open && this.#held.length === 0)) this.#send(request);
    else this.#held.push(request);
  }

  /** Sends what the window now has room for, oldest first. */
  release(): void {
    while (this.#context.numbers.open) {
      const request = this.#held.shift();
      if (request === undefined) return;
      this.#send(request);
    }
  }

  /** The request that was sent under a tag. */
  at(tag: number): Pending | undefined {
    return this.#sent.get(tag);
  }

  /**
   * Hands a PDU to the request that it answers.
   *
   * @throws {ConnectionError} there is none, or it cannot be an answer to it.
   */
  receive(tag: number, pdu: Pdu): void {
    const request = this.#sent.get(tag);
    if (request === undefined) throw unexpected(bhs.opcode.get(pdu.bytes, pdu.base));
    if (request.receive(pdu, this.#context)) this.#sent.delete(tag);
  }

  /** Ends one request; false when there is none. */
  fail(tag: number, error: Error): boolean {
    const request = this.#sent.get(tag);
    this.#sent.delete(tag);
    request?.fail(error);
    return request !== undefined;
  }

  /** Ends every request. */
  failAll(error: Error): void {
    const left = [...this.#sent.values(), ...this.#held];
    this.#sent.clear();
    this.#held.length = 0;
    for (const request of left) request.fail(error);
  }

  #send(request: Pending): void {
    while (this.#nextTag === RESERVED_TAG || this.#sent.has(this.#nextTag)) this.#nextTag = this.#nextTag + 1 >>> 0;
    const tag = this.#nextTag;
    this.#nextTag = tag + 1 >>> 0;
    this.#sent.set(tag, request);
    request.send(this.#context, tag);
  }
}
