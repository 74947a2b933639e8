/**
 * What is said at logins, read off the wire beside a proxy.
 *
 * @module
 */

import type { Listening, Side } from "./proxy.ts";

/** Login texts are short, and what follows them is of no interest. */
const KEPT = 4096;

/** Listens to the first bytes of connections; see {@link Proxy}. */
export class LoginTexts {
  readonly #said: Record<Side, string> = { initiator: "", target: "" };

  /** Listens to one more connection. */
  listen(): Listening {
    const left: Record<Side, number> = { initiator: KEPT, target: KEPT };
    return {
      heard: (side, bytes) => {
        this.#said[side] += new TextDecoder("latin1").decode(bytes.subarray(0, left[side]));
        left[side] = Math.max(left[side] - bytes.length, 0);
      },
    };
  }

  /** What a side has said of a key, each value once, in their order. */
  values(side: Side, key: string): string[] {
    const pairs = this.#said[side].matchAll(new RegExp(`\\b${key}=([^\0]*)\0`, "g"));
    return [...new Set(Array.from(pairs, ([, value]) => value ?? ""))];
  }
}
