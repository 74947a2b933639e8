/**
 * Several handles of one file, so that several awaited transfers run at once and none holds up the event loop.
 *
 * @module
 */

import { StoreClosedError } from "./errors.ts";

/** What a lane can do; {@link FileHandle} is one. */
export interface Lane {
  read(into: Uint8Array, at: number): Promise<void>;
  write(from: Uint8Array, at: number): Promise<void>;
  close(): void;
}

/** How {@link FileLanes} grow. */
export interface LaneOptions {
  /** Lanes at most, 1 or more. */
  readonly limit: number;
  /** Opens one more lane; `undefined` when that cannot be done, and those that are there have to do. Never rejects. */
  readonly open: () => Promise<Lane | undefined>;
}

/** Lends each transfer a lane of its own. Transfers that find none wait in the order in which they came. */
export class FileLanes {
  readonly #idle: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  /** Where the queue of waiters begins in `#waiting`. */
  #head = 0;
  readonly #open: () => Promise<Lane | undefined>;
  #limit: number;
  #opened = 1;
  #opening = 0;
  #allIdle: (() => void) | undefined;
  #closed = false;

  /** Starts with one lane; others are opened when transfers overlap. */
  constructor(first: Lane, options: LaneOptions) {
    this.#idle = [first];
    this.#limit = options.limit;
    this.#open = options.open;
  }

  /** Lanes that are open. */
  get opened(): number {
    return this.#opened;
  }

  /** Opens all lanes now, as far as that can be done. */
  async openAll(): Promise<void> {
    while (!this.#closed && this.#opened + this.#opening < this.#limit) await this.#grow();
  }

  /** Fills `into` from byte `at` on. */
  async read(into: Uint8Array, at: number): Promise<void> {
    const lane = this.#idle.pop() ?? await this.#turn();
    try {
      await lane.read(into, at);
    } finally {
      this.#giveBack(lane);
    }
  }

  /** Writes `from` at byte `at`. */
  async write(from: Uint8Array, at: number): Promise<void> {
    const lane = this.#idle.pop() ?? await this.#turn();
    try {
      await lane.write(from, at);
    } finally {
      this.#giveBack(lane);
    }
  }

  /** Waits for all transfers, then closes all lanes; transfers that follow fail. */
  async close(): Promise<void> {
    while (this.#opening > 0 || this.#idle.length < this.#opened) {
      await new Promise<void>((resolve) => this.#allIdle = resolve);
    }
    this.#closed = true;
    for (const lane of this.#idle) lane.close();
    this.#idle.length = 0;
  }

  #turn(): Promise<Lane> {
    if (this.#closed) throw new StoreClosedError("Cannot use the file: it is closed");
    if (this.#opened + this.#opening < this.#limit) this.#grow();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #grow(): Promise<void> {
    this.#opening++;
    const lane = await this.#open();
    this.#opening--;
    if (lane === undefined) {
      this.#limit = this.#opened + this.#opening;
      this.#tellWhenIdle();
      return;
    }
    this.#opened++;
    this.#giveBack(lane);
  }

  #giveBack(lane: Lane): void {
    const next = this.#waiting[this.#head];
    if (next === undefined) {
      this.#idle.push(lane);
      this.#tellWhenIdle();
      return;
    }
    this.#head++;
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    } else if (this.#head === 1024) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    next(lane);
  }

  #tellWhenIdle(): void {
    if (this.#opening === 0 && this.#idle.length === this.#opened) this.#allIdle?.();
  }
}
