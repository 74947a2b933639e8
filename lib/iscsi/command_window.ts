/**
 * The command window of a session (RFC 7143 §4.2.2.1): which CmdSN comes next, which may come, and what came too early.
 *
 * Data path: commands that come in order, as all do on one connection, cost a comparison.
 *
 * @module
 */

/** The difference of two serial numbers, -2^31 to 2^31-1 (RFC 1982, RFC 7143 §4.2.2). */
export function serialDifference(a: number, b: number): number {
  return (a - b) | 0;
}

/** Keeps the order of numbered requests; `T` is what is kept of one that came too early. */
export class CommandWindow<T> {
  /** The CmdSN that comes next. */
  expCmdSn: number;
  /** Numbered requests that may be unanswered at a time. */
  readonly depth: number;
  #unanswered = 0;
  #maxCmdSn: number;
  /** By CmdSN; nothing is there for one that is to be skipped. */
  readonly #held = new Map<number, T | undefined>();

  constructor(firstCmdSn: number, depth: number) {
    this.expCmdSn = firstCmdSn;
    this.depth = depth;
    this.#maxCmdSn = firstCmdSn + depth - 1 >>> 0;
  }

  /** The last CmdSN that may come; never goes back (RFC 7143 §4.2.2.1). */
  get maxCmdSn(): number {
    const limit = this.expCmdSn + this.depth - 1 - this.#unanswered >>> 0;
    if (serialDifference(limit, this.#maxCmdSn) > 0) this.#maxCmdSn = limit;
    return this.#maxCmdSn;
  }

  /** Requests that came too early and wait, and those to be skipped. */
  get held(): number {
    return this.#held.size;
  }

  /** Where a CmdSN stands: 0 is next, above 0 too early but allowed, below 0 to be ignored (RFC 7143 §4.2.2.1). */
  place(cmdSn: number): number {
    const ahead = serialDifference(cmdSn, this.expCmdSn);
    if (ahead < 0) return ahead;
    return serialDifference(cmdSn, this.maxCmdSn) > 0 || ahead > 0 && this.#held.has(cmdSn) ? -1 : ahead;
  }

  /** The request that was next has come. */
  advance(): void {
    this.expCmdSn = this.expCmdSn + 1 >>> 0;
    this.#unanswered++;
  }

  /** A numbered request has been answered, or will never be. */
  answered(): void {
    this.#unanswered--;
  }

  /**
   * A request from the window whose turn has not come counts as come: it is ignored when it comes. Call `takeHeld` then.
   *
   * @returns the request if it waits already; it will not be handed out any more
   */
  skip(cmdSn: number): T | undefined {
    const request = this.#held.get(cmdSn);
    this.#held.set(cmdSn, undefined);
    return request;
  }

  /** Keeps a request that came too early. */
  hold(cmdSn: number, request: T): void {
    this.#held.set(cmdSn, request);
  }

  /** Takes the request that is next now, if it came too early. */
  takeHeld(): T | undefined {
    while (this.#held.has(this.expCmdSn)) {
      const request = this.#held.get(this.expCmdSn);
      this.#held.delete(this.expCmdSn);
      if (request !== undefined) return request;
      this.expCmdSn = this.expCmdSn + 1 >>> 0;
    }
    return undefined;
  }

  /** Takes requests that wait and will not be served: they are skipped when their turn comes. */
  withdraw(which: (request: T) => boolean): T[] {
    const withdrawn: T[] = [];
    for (const [cmdSn, request] of this.#held) {
      if (request === undefined || !which(request)) continue;
      this.#held.set(cmdSn, undefined);
      withdrawn.push(request);
    }
    return withdrawn;
  }
}
