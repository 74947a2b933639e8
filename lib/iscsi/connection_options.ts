/**
 * What a connection needs of whoever owns its socket.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import type { SessionHost } from "./host.ts";
import type { Timeouts } from "./keep_alive.ts";

/** What a connection needs. */
export interface ConnectionOptions {
  readonly host: SessionHost;
  readonly pool: BufferPool;
  readonly timeouts: Timeouts;
  /** Milliseconds on the clock that `receive` and `tick` are given. */
  readonly now: number;
  /** Asks for what is queued to be sent now: a command that goes on has queued a part of its data. */
  readonly wake?: () => void;
  /** Asks for the connection to be ended at once: another one has taken its place. */
  readonly hangUp?: (reason: Error) => void;
}
