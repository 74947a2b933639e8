/**
 * Lets connections in, those of addresses that keep failing to authenticate later than others.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { ChapGuard } from "../iscsi/chap.ts";
import { loginStatus } from "../iscsi/constants.ts";
import { LoginError } from "../iscsi/errors.ts";
import type { LoginGuards } from "../target/catalogue.ts";
import type { LoginThrottle } from "../target/login_throttle.ts";

/** What a gate needs. */
export interface LoginGateOptions {
  readonly throttle: LoginThrottle;
  readonly log?: Logger | undefined;
  /** Milliseconds of a clock that never goes back; the machine's by default. */
  readonly now?: () => number;
  /** Calls back after so many milliseconds, unless the returned function is called; a timer by default. */
  readonly later?: (call: () => void, ms: number) => () => void;
}

/** A connection as far as a gate is concerned. */
export interface Waiting {
  close(): void;
}

/** The gate of a server. */
export class LoginGate implements LoginGuards {
  readonly #throttle: LoginThrottle;
  readonly #log: Logger | undefined;
  readonly #now: () => number;
  readonly #later: (call: () => void, ms: number) => () => void;
  readonly #waiting = new Map<Waiting, () => void>();

  constructor({ throttle, log, now = () => performance.now(), later = timer }: LoginGateOptions) {
    this.#later = later;
    this.#throttle = throttle;
    this.#log = log;
    this.#now = now;
  }

  /** Connections that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls `enter` now or later, or closes the connection. */
  pass(connection: Waiting, address: string, enter: () => void): void {
    const { wait, news } = this.#throttle.admit(address, this.#now());
    if (news) {
      this.#log?.warn("logins slowed", { peer: address, reason: "too many have failed to authenticate" });
    }
    if (wait === 0) return enter();
    if (wait === undefined) return connection.close();
    const cancel = this.#later(() => {
      this.#waiting.delete(connection);
      enter();
    }, wait);
    this.#waiting.set(connection, cancel);
  }

  /** What watches over the logins from an address. */
  of(address: string): ChapGuard {
    return {
      check: (user) => {
        const wait = this.#throttle.userWait(user, address, this.#now());
        if (wait === 0) return;
        throw new LoginError(
          loginStatus.serviceUnavailable,
          `Cannot authenticate user ${JSON.stringify(user)} for the next ${
            Math.ceil(wait)
          } ms: too many have failed to`,
        );
      },
      failed: (user) => this.#throttle.failed(address, user, this.#now()),
      passed: (user) => this.#throttle.passed(address, user),
    };
  }

  /** Closes what waits. */
  close(): void {
    for (const [connection, cancel] of this.#waiting) {
      cancel();
      connection.close();
    }
    this.#waiting.clear();
  }
}

function timer(call: () => void, ms: number): () => void {
  const id = setTimeout(call, ms);
  return () => clearTimeout(id);
}
