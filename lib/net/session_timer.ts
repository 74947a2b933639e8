/**
 * Ends what sessions keep for connections that do not come back in time (RFC 7143 §7.5).
 *
 * Tested in tests/net/session_timer_test.ts.
 *
 * @module
 */

/** Knows what time brings to sessions; {@link Engine} is one. */
export interface Ticking {
  /** Does what is due, and returns the time at which to call again, in milliseconds. */
  tick(now: number): number;
}

/** Calls when it is time, and only while there is something to wait for. */
export class SessionTimer {
  readonly #sessions: Ticking;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sessions: Ticking) {
    this.#sessions = sessions;
  }

  /** A connection has gone: looks at what is to be waited for. */
  look(): void {
    this.stop();
    const now = performance.now();
    const due = this.#sessions.tick(now);
    if (due === Infinity) return;
    this.#timer = setTimeout(() => this.look(), Math.max(due - now, 1));
  }

  /** Waits for nothing any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
