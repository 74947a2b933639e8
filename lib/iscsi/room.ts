/**
 * Those who wait for room in the send buffers of a connection.
 *
 * @module
 */

import type { Sender } from "./sender.ts";

/** Wakes everybody who waits: who finds no room after all waits again. */
export class Room {
  readonly #sender: Pick<Sender, "full" | "transmit">;
  readonly #waiting: (() => void)[] = [];

  constructor(sender: Pick<Sender, "full" | "transmit">) {
    this.#sender = sender;
  }

  /** Settles when data can be sent again, or when somebody wakes those who wait. */
  wait(): Promise<void> {
    if (!this.#sender.full) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Something has left the send buffers: wakes those who wait, if that made room. */
  look(): void {
    if (this.#waiting.length > 0 && !this.#sender.transmit.full) this.wake();
  }

  /** Wakes those who wait, room or not. */
  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
