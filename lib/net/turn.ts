/**
 * Keeps one busy connection from holding up the others: sockets that are always ready never let the event loop turn by
 * themselves.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Bytes that a connection may move before the others have their turn. */
const SHARE = 524288;

/** What a connection has moved since the event loop last turned. */
export class Turn {
  #moved = 0;

  /**
   * Counts bytes that were moved.
   *
   * @returns a promise to wait for when it is the others' turn
   */
  moved(bytes: number): Promise<void> | undefined {
    this.#moved += bytes;
    if (this.#moved < SHARE) return undefined;
    this.#moved = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
