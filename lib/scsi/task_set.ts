/**
 * The task set of a logical unit (SAM-5 §8): a dense array in which each task knows its place, so that entering and
 * leaving cost the same however many there are.
 *
 * Data path: no allocation per task.
 *
 * @module
 */

import type { Nexus } from "./nexus.ts";
import { type AbortWaiter, type ScsiTask, taskAttribute } from "./task.ts";

/** Ages count modulo 2^30: small integers for ever. */
const ageMask = 0x3fff_ffff;

/** Tasks that a logical unit has accepted and that have not ended. */
export class TaskSet {
  /** Tasks in the set that are ORDERED or HEAD OF QUEUE: while there are none, nobody waits for anybody. */
  ranked = 0;
  readonly #tasks: ScsiTask[] = [];
  readonly #waiting: ScsiTask[] = [];
  #age = 0;

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
    const { scsi } = task;
    if (scsi === undefined) return;
    scsi.index = this.#tasks.push(task) - 1;
    scsi.age = this.#age;
    this.#age = this.#age + 1 & ageMask;
    if (task.attribute > taskAttribute.simple) this.ranked++;
  }

  /**
   * The turn of a task that wants to start: `undefined` when it is now, else it is when the promise settles, which it
   * also does when the task is aborted (SAM-5 §8.6). The task set is one for all nexuses (TST is zero), but nobody waits
   * for a task whose own initiator, another one, has not sent its data: it could keep all others waiting for ever.
   */
  turn(task: ScsiTask): Promise<void> | undefined {
    const { scsi } = task;
    // A command that has begun goes on.
    if (scsi === undefined || task.dataOffset !== 0 || this.#mayStart(task)) return undefined;
    this.#waiting.push(task);
    return new Promise((resolve) => scsi.wake = resolve);
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
    if (task.attribute > taskAttribute.simple) this.ranked--;
    if (this.#waiting.length > 0) this.#advance(task);
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

  #mayStart(task: ScsiTask): boolean {
    if (task.attribute === taskAttribute.headOfQueue) return true;
    for (let i = 0; i < this.#tasks.length; i++) {
      const other = this.#tasks[i] as ScsiTask;
      if (other === task || (other.nexus !== task.nexus && other.scsi?.expectant)) continue;
      if (other.attribute === taskAttribute.headOfQueue) return false;
      const ordered = other.attribute === taskAttribute.ordered || task.attribute === taskAttribute.ordered;
      if (ordered && isOlder(other, task)) return false;
    }
    return true;
  }

  /** A task has gone: wakes those whose turn has come. */
  #advance(gone: ScsiTask): void {
    for (let i = 0; i < this.#waiting.length; i++) {
      const task = this.#waiting[i] as ScsiTask;
      if (task !== gone && !task.aborted && !this.#mayStart(task)) continue;
      this.#waiting.splice(i--, 1);
      if (task !== gone) task.scsi?.wake?.();
    }
  }
}

/** Ages are compared as serial numbers: those of one set lie close together. */
function isOlder(a: ScsiTask, b: ScsiTask): boolean {
  return ((a.scsi?.age ?? 0) - (b.scsi?.age ?? 0) & ageMask) > ageMask >> 1;
}
