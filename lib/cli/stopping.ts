/**
 * Requests to stop, told apart: the first one asks for an orderly end, each further one for a faster one.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { Host } from "./host.ts";

/**
 * Milliseconds within which signals are one request: a Ctrl-C reaches every process of the terminal's job, and `npx`
 * and `deno task` each pass theirs on.
 */
const ECHO = 500;

/** The requests to stop, one after the other. Takes signals until it is released. */
export class Stopping {
  /** Settles at the first request. */
  readonly first: Promise<"first">;
  /** Settles at the second. */
  readonly second: Promise<"second">;
  /** Settles at the third. */
  readonly third: Promise<"third">;
  /** Takes no more signals: the next one ends the process. */
  readonly release: () => void;
  #count = 0;
  #last = -Infinity;

  constructor(host: Pick<Host, "now" | "onStop">, log: Logger) {
    const first = Promise.withResolvers<"first">();
    const second = Promise.withResolvers<"second">();
    const third = Promise.withResolvers<"third">();
    [this.first, this.second, this.third] = [first.promise, second.promise, third.promise];
    this.release = host.onStop((signal) => {
      const now = host.now();
      if (now - this.#last < ECHO) return;
      this.#last = now;
      this.#count++;
      if (this.#count === 1) log.info("stopping: initiators are asked to log out", { signal });
      if (this.#count === 2) log.warn("stopping at once", { signal });
      if (this.#count === 1) first.resolve("first");
      else if (this.#count === 2) second.resolve("second");
      else third.resolve("third");
    });
  }

  /** There was a request already. */
  get asked(): boolean {
    return this.#count > 0;
  }
}
