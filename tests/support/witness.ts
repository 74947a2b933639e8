/**
 * A well-behaved initiator that others must not harm.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { within } from "./deadline.ts";
import type { Served } from "./portal.ts";
import { WireClient } from "./wire.ts";

/** A session on the last of `served`'s LUNs that writes and reads back, again and again. */
export class Witness implements Disposable {
  readonly #client: WireClient;
  readonly #lun: number;
  #round = 0;

  private constructor(client: WireClient, lun: number) {
    this.#client = client;
    this.#lun = lun;
  }

  /** Logs in, for the image with this index and as an initiator of its own, and clears the unit attentions. */
  static async of(served: Served, image: number): Promise<Witness> {
    const initiator = `iqn.2026-01.example:witness-${image}`;
    const witness = new Witness(
      await WireClient.session(served.port, { target: served.target, initiator }),
      served.firstLun + image,
    );
    for (let tries = 0; tries < 4 && await witness.#testUnitReady() !== 0; tries++);
    await witness.isServed();
    return witness;
  }

  /**
   * Writes a block and reads it back.
   *
   * @throws {Error} If that does not work, or takes longer than ten seconds.
   */
  async isServed(): Promise<void> {
    await within(10, "the witness to be served", this.#writeAndRead());
  }

  /** Logs out. */
  async leave(): Promise<void> {
    await this.#client.logout();
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  async #writeAndRead(): Promise<void> {
    const block = this.#round++ % 128;
    const pattern = new Uint8Array(512).fill(this.#round);
    const lun = this.#lun;
    const written = await this.#client.command(Uint8Array.of(0x2a, 0, 0, 0, 0, block, 0, 0, 1, 0), {
      lun,
      write: pattern,
    });
    assertEquals(written.status, 0);
    const { status, data } = await this.#client.command(Uint8Array.of(0x28, 0, 0, 0, 0, block, 0, 0, 1, 0), {
      lun,
      read: 512,
    });
    assertEquals(status, 0);
    assertEquals(data, pattern);
  }

  async #testUnitReady(): Promise<number> {
    return (await this.#client.command(new Uint8Array(6), { lun: this.#lun })).status;
  }
}
