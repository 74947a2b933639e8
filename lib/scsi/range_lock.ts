/**
 * Keeps commands that must not be interrupted apart from all others that concern the same blocks.
 *
 * Data path: nothing is kept of ordinary commands, and as long as no exclusive one is there, all that it costs is to
 * compare {@link RangeLock.exclusive} with zero. An exclusive command finds those that run in the task set.
 *
 * @module
 */

import type { CommandNotes } from "./notes.ts";
import type { TaskSet } from "./task_set.ts";

/** A command that waits for its range, or, when it is exclusive, holds it. */
interface Claim {
  readonly notes: CommandNotes;
  readonly exclusive: boolean;
  /** Lets it go on; `undefined` when it does. */
  go: (() => void) | undefined;
}

/** The ranges of one logical unit, as `at` and `length` of the commands' notes tell them. */
export class RangeLock {
  /** Exclusive commands that hold their range or wait for it. */
  exclusive = 0;
  readonly #tasks: TaskSet;
  /** In the order in which they came. */
  readonly #claims: Claim[] = [];

  constructor(tasks: TaskSet) {
    this.#tasks = tasks;
  }

  /** An ordinary command wants to run: `undefined` when it may, else it may when the promise is settled. */
  enter(notes: CommandNotes): Promise<void> | undefined {
    // Whoever was let in as an exclusive command keeps out all others by itself.
    if (notes.claimed || !this.#claims.some((claim) => claim.exclusive && overlap(claim.notes, notes))) {
      return undefined;
    }
    return this.#claim(notes, false);
  }

  /** An exclusive command wants to run: `undefined` when it may, else it may when the promise is settled. */
  lock(notes: CommandNotes): Promise<void> | undefined {
    this.exclusive++;
    const waiting = this.#claim(notes, true);
    const claim = this.#claims[this.#claims.length - 1] as Claim;
    if (!this.#mayGo(claim, this.#claims.length - 1)) return waiting;
    claim.go = undefined;
    return undefined;
  }

  /** An exclusive command has ended. */
  unlock(notes: CommandNotes): void {
    const index = this.#claims.findIndex((claim) => claim.exclusive && claim.notes === notes);
    if (index < 0) return;
    this.#claims.splice(index, 1);
    notes.claimed = false;
    this.exclusive--;
    this.advance();
  }

  /** An ordinary command has ended while there are exclusive ones. */
  advance(): void {
    for (let i = 0; i < this.#claims.length; i++) {
      const claim = this.#claims[i] as Claim;
      if (claim.go === undefined || !this.#mayGo(claim, i)) continue;
      const { go } = claim;
      claim.go = undefined;
      if (!claim.exclusive) {
        claim.notes.claimed = false;
        this.#claims.splice(i--, 1);
      }
      go();
    }
  }

  #claim(notes: CommandNotes, exclusive: boolean): Promise<void> {
    notes.claimed = true;
    return new Promise((resolve) => this.#claims.push({ notes, exclusive, go: resolve }));
  }

  #mayGo(claim: Claim, index: number): boolean {
    for (let i = 0; i < index; i++) {
      const earlier = this.#claims[i] as Claim;
      if ((claim.exclusive || earlier.exclusive) && overlap(earlier.notes, claim.notes)) return false;
    }
    return !claim.exclusive || !this.#tasks.some((task) => {
      const running = task.scsi as CommandNotes | undefined;
      return running !== undefined && running.running && !running.claimed && overlap(running, claim.notes);
    });
  }
}

function overlap(a: CommandNotes, b: CommandNotes): boolean {
  return a.at < b.at + b.length && b.at < a.at + a.length;
}

/** Runs `act` while no other command touches the range of `notes`; not at all when the command is aborted before. */
export async function exclusively(
  lock: RangeLock,
  notes: CommandNotes,
  task: { readonly aborted: boolean },
  act: () => void | Promise<void>,
): Promise<void> {
  try {
    const waiting = lock.lock(notes);
    if (waiting !== undefined) await waiting;
    if (!task.aborted) await act();
  } finally {
    lock.unlock(notes);
  }
}
