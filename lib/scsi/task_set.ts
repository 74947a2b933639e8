/**
 * The task set of a logical unit (SAM-5 §8): a dense array in which each task knows its place, so that entering and
 * leaving cost the same however many there are.
 *
 * Data path: no allocation per task.
 *
 * @module
 */

import type { Nexus } from "./nexus.ts";
import type { AbortWaiter, ScsiTask } from "./task.ts";

/** Tasks that a logical unit has accepted and that have not ended. */
export class TaskSet {
  readonly #tasks: ScsiTask[] = [];

  /** Tasks in the set. */
  get size(): number {
    return this.#tasks.length;
  }

  /** Whether any task of the set is as asked. Not for the data path. */
  some(asked: (task: ScsiTask) => boolean): boolean {
    return this.#tasks.some(asked);
  }

  /** Takes a task in; it must have notes and be in no set. */
  add(task: ScsiTask): void {
    if (task.scsi !== undefined) task.scsi.index = this.#tasks.push(task) - 1;
  }

  /** Lets a task go; nothing happens when it is in no set. */
  remove(task: ScsiTask): void {
    const index = task.scsi?.index ?? -1;
    if (index < 0 || this.#tasks[index] !== task) return;
    const last = this.#tasks.pop();
    if (last !== undefined && last !== task && last.scsi !== undefined) {
      this.#tasks[index] = last;
      last.scsi.index = index;
    }
    if (task.scsi !== undefined) task.scsi.index = -1;
  }

  /**
   * Aborts the tasks of one nexus, or of all, and returns the nexuses that had any. A task that is gone at once leaves
   * the set while we walk it: walking backwards, only tasks that we have seen change place.
   */
  abort(waiter: AbortWaiter, nexus?: Nexus): Set<Nexus> {
    const touched = new Set<Nexus>();
    for (let i = this.#tasks.length - 1; i >= 0; i--) {
      const task = this.#tasks[i];
      if (task === undefined || (nexus !== undefined && task.nexus !== nexus)) continue;
      if (!task.aborted) touched.add(task.nexus);
      task.abort(waiter);
    }
    return touched;
  }
}
