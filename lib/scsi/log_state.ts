/**
 * What a logical unit has counted since each of its log pages was reset.
 *
 * Tested in tests/scsi/commands/log_test.ts.
 *
 * @module
 */

import { Counters } from "./counters.ts";
import type { LogPage } from "./log_pages.ts";

/** Counters, and from where each page counts. */
export class LogState {
  readonly counters: Counters = new Counters();
  readonly #resets = new Map<LogPage, Counters>();

  /** What was counted since the page was reset. */
  counted(page: LogPage): Counters {
    const earlier = this.#resets.get(page);
    return earlier === undefined ? this.counters : this.counters.since(earlier);
  }

  /** The page counts from now on, when the unit is so many milliseconds old. */
  reset(page: LogPage, age: number): void {
    const copy = this.counters.copy();
    copy.from = age;
    this.#resets.set(page, copy);
  }
}
