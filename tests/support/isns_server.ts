/**
 * An iSNS server of a few lines, without a network: it remembers what it is told, and tests say what it answers.
 *
 * @module
 */

import { IsnsAssembly } from "../../lib/isns/assembly.ts";
import { isnsFlag, isnsFunction, isnsTag, RESPONSE } from "../../lib/isns/constants.ts";
import type { IsnsNetwork } from "../../lib/isns/client.ts";
import type { IsnsTransport } from "../../lib/isns/exchange.ts";
import { encodeMessage, type IsnsMessage, numberAttribute, textAttribute } from "../../lib/isns/message.ts";

/** Its names for what it can be asked. */
const names: Readonly<Record<number, string>> = {
  [isnsFunction.deviceAttributeRegistration]: "register",
  [isnsFunction.deviceAttributeQuery]: "query",
  [isnsFunction.scnEventRegistration]: "scn",
  [isnsFunction.deviceDeregistration]: "deregister",
};

/** The server, its network and its clock. */
export class FakeIsns implements IsnsNetwork {
  /** What it was asked, by name. */
  readonly asked: string[] = [];
  /** Every message. */
  readonly messages: IsnsMessage[] = [];
  /** Cannot be reached. */
  down = false;
  /** Knows nothing any more. */
  forgetful = false;
  /** Statuses with which it answers, by name. */
  readonly statuses: Record<string, number> = {};
  /** Seconds that it grants; absent: it does not say. */
  registrationPeriod: number | undefined = undefined;
  /** Says nothing. */
  mute = false;
  /** Waits that have not ended: milliseconds, and the way to end them. */
  readonly waits: { readonly milliseconds: number; readonly end: () => void }[] = [];
  /** Connections that are open. */
  open = 0;
  #expecting: { length: number; resolve: () => void } | undefined;
  #waiting: { milliseconds: number; resolve: () => void } | undefined;

  dial(): Promise<IsnsTransport> {
    if (this.down) return Promise.reject(new Error("Cannot connect: refused"));
    this.open++;
    const assembly = new IsnsAssembly();
    const answers: Uint8Array[] = [];
    let wake: (() => void) | undefined;
    let closed = false;
    const transport: IsnsTransport = {
      localHostname: "192.0.2.1",
      write: (bytes) => {
        assembly.add(bytes);
        for (let message = assembly.next(); message !== undefined; message = assembly.next()) {
          const answer = this.#answer(message);
          if (answer !== undefined) answers.push(encodeMessage(answer));
        }
        wake?.();
        return Promise.resolve(bytes.length);
      },
      read: async (into) => {
        while (answers.length === 0 && !closed) await new Promise<void>((resolve) => wake = resolve);
        const bytes = answers.shift();
        if (bytes === undefined) return null;
        into.set(bytes);
        return bytes.length;
      },
      close: () => {
        if (!closed) this.open--;
        closed = true;
        wake?.();
      },
    };
    return Promise.resolve(transport);
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wait = { milliseconds, end: () => this.#end(wait, resolve) };
      this.waits.push(wait);
      signal.addEventListener("abort", wait.end, { once: true });
      if (this.#waiting?.milliseconds === milliseconds) this.#waiting.resolve();
    });
  }

  /** Settles when so many things have been asked. */
  async untilAsked(length: number): Promise<void> {
    if (this.asked.length < length) await new Promise<void>((resolve) => this.#expecting = { length, resolve });
  }

  /** Settles when somebody waits for so long, and ends that wait when told to. */
  async untilWaiting(milliseconds: number, end = false): Promise<void> {
    const found = () => this.waits.find((wait) => wait.milliseconds === milliseconds);
    if (found() === undefined) await new Promise<void>((resolve) => this.#waiting = { milliseconds, resolve });
    if (end) found()?.end();
  }

  #end(wait: { milliseconds: number; end: () => void }, resolve: () => void): void {
    const at = this.waits.indexOf(wait);
    if (at >= 0) this.waits.splice(at, 1);
    resolve();
  }

  #answer(message: IsnsMessage): IsnsMessage | undefined {
    const name = names[message.function] ?? "unknown";
    this.asked.push(name);
    this.messages.push(message);
    if (this.asked.length >= (this.#expecting?.length ?? Infinity)) this.#expecting?.resolve();
    if (this.mute) return undefined;
    const known = name === "query" && !this.forgetful ? [textAttribute(isnsTag.entityIdentifier, "us")] : [];
    if (name === "register" && this.registrationPeriod !== undefined) {
      known.push(numberAttribute(isnsTag.registrationPeriod, this.registrationPeriod));
    }
    return {
      function: message.function | RESPONSE,
      flags: isnsFlag.fromServer,
      transaction: message.transaction,
      status: this.statuses[name] ?? 0,
      attributes: known,
    };
  }
}
