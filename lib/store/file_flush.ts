/**
 * Flushes that are asked for at the same time share one `fdatasync`, as far as that keeps the promise.
 *
 * @module
 */

/**
 * Runs one sync at a time, each for all who wait for it, and none when nothing was written. When one has failed, all that
 * follow fail: the operating system reports what it could not write only once, and forgets it.
 */
export class FileFlush {
  readonly #sync: () => Promise<void>;
  /** Something was written that no sync that started later covers. */
  #dirty = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Why the first sync that failed did. */
  #failure: { readonly reason: unknown } | undefined;

  /** `sync` makes everything stable that was written before it is called. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** A write is done, and will be acknowledged after this. */
  written(): void {
    this.#dirty = true;
  }

  /** Done when every write that was acknowledged before this call is stable. Rejects when that cannot be said. */
  flush(): void | Promise<void> {
    if (this.#running === undefined) return this.#dirty || this.#failure !== undefined ? this.#start() : undefined;
    // The running sync may have passed what was written since it started.
    return this.#dirty ? this.#next ??= this.#after(this.#running) : this.#running;
  }

  #start(): Promise<void> {
    this.#dirty = false;
    return this.#running = this.#run();
  }

  async #run(): Promise<void> {
    try {
      await this.#sync();
    } catch (reason) {
      this.#failure ??= { reason };
    } finally {
      this.#running = undefined;
    }
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  async #after(running: Promise<void>): Promise<void> {
    await running.catch(() => {});
    this.#next = undefined;
    await this.flush();
  }
}
