/**
 * Asks an iSNS server one thing after another on one connection.
 *
 * @module
 */

import { IsnsAssembly } from "./assembly.ts";
import { answerEvent, type StateChange } from "./events.ts";
import { isnsFunction, isnsStatus, RESPONSE } from "./constants.ts";
import { encodeMessage, IsnsError, type IsnsMessage } from "./message.ts";
import type { IsnsRequest } from "./registration.ts";

/** A byte stream in both directions. */
export interface IsnsTransport {
  /** Our address on it. */
  readonly localHostname: string;
  /** Fills the front of `into`; gives the number of bytes, or `null` at the end. */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Takes bytes from the front of `from`; gives their number. */
  write(from: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Ends the stream and every read and write under way. */
  close(): void;
}

/** A response that says no. */
export class IsnsRefusedError extends IsnsError {
  /** One of `isnsStatus` (RFC 4171 §5.4). */
  readonly status: number;

  constructor(what: string, status: number) {
    super(`Cannot ${what}: the iSNS server says ${isnsStatus[status] ?? `error ${status}`}`);
    this.status = status;
  }
}

/** One connection. */
export class IsnsExchange {
  readonly #transport: IsnsTransport;
  readonly #assembly = new IsnsAssembly();
  readonly #buffer = new Uint8Array(4096);
  #transaction = 0;

  constructor(transport: IsnsTransport) {
    this.#transport = transport;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws {IsnsRefusedError} the server says no.
   * @throws {IsnsError} it says something that makes no sense, or nothing more.
   */
  async ask(request: IsnsRequest): Promise<IsnsMessage> {
    this.#transaction = this.#transaction + 1 & 0xffff;
    await send(this.#transport, { ...request, transaction: this.#transaction });
    const expected = request.function | RESPONSE;
    for (;;) {
      const message = await this.#receive();
      if (message.function !== expected || message.transaction !== this.#transaction) continue;
      if (message.status !== 0) throw new IsnsRefusedError(wishes[request.function] ?? "go on", message.status ?? 1);
      return message;
    }
  }

  async #receive(): Promise<IsnsMessage> {
    for (;;) {
      const message = this.#assembly.next();
      if (message !== undefined) return message;
      const length = await this.#transport.read(this.#buffer);
      if (length === null) throw new IsnsError("Cannot read the answer: the iSNS server has closed the connection");
      this.#assembly.add(this.#buffer.subarray(0, length));
    }
  }
}

/** Answers what a server asks on a connection of its own, until that ends. */
export async function serveEvents(transport: IsnsTransport, learn: (change: StateChange) => void): Promise<void> {
  const assembly = new IsnsAssembly();
  const buffer = new Uint8Array(4096);
  for (let length = await transport.read(buffer); length !== null; length = await transport.read(buffer)) {
    assembly.add(buffer.subarray(0, length));
    for (let message = assembly.next(); message !== undefined; message = assembly.next()) {
      const event = answerEvent(message);
      if (event === undefined) continue;
      await send(transport, event.answer);
      event.changes.forEach(learn);
    }
  }
}

async function send(transport: IsnsTransport, message: IsnsMessage): Promise<void> {
  const bytes = encodeMessage(message);
  for (let at = 0; at < bytes.length;) at += await transport.write(bytes.subarray(at));
}

const wishes: Readonly<Record<number, string>> = {
  [isnsFunction.deviceAttributeRegistration]: "register",
  [isnsFunction.deviceAttributeQuery]: "ask for our registration",
  [isnsFunction.scnEventRegistration]: "register for state changes",
  [isnsFunction.deviceDeregistration]: "deregister",
};
