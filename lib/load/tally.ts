/**
 * What is counted while a load runs.
 *
 * Tested in tests/load/session_test.ts.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";

/** Counters of all sessions of a run together. */
export class Tally {
  /** Latencies of reads. */
  readonly reads: Histogram = new Histogram();
  /** Latencies of writes. */
  readonly writes: Histogram = new Histogram();
  /** What ends now counts. */
  counting = false;
  /** Commands that were sent again because the target was busy, or had a unit attention to tell. */
  retries = 0;
  /** Reads whose data was compared with what had been written. */
  verified = 0;

  /** Operations that have ended. */
  get operations(): number {
    return this.reads.count + this.writes.count;
  }

  /** Counts an operation that took so many milliseconds, if it counts. */
  record(writing: boolean, took: number): void {
    if (!this.counting) return;
    if (writing) this.writes.record(took);
    else this.reads.record(took);
  }
}
