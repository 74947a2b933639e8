/**
 * The tasks of a session by their initiator task tags.
 *
 * Data path: a command is found by one pass over a small array of numbers; nothing is allocated in steady state.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { RESERVED_TAG } from "./constants.ts";
import { IscsiTask, phase } from "./task.ts";

/** Finished tasks that are remembered. */
const REMEMBERED = 256;

/** Lends {@link IscsiTask} objects and finds those on loan. */
export class TaskTable {
  readonly #tasks: IscsiTask[] = [];
  readonly #free: IscsiTask[] = [];
  readonly #tags: Uint32Array;
  readonly #finishedTags = new Uint32Array(REMEMBERED).fill(RESERVED_TAG);
  #finished = 0;

  /** `capacity` tasks may be on loan at a time, at most 4094. */
  constructor(capacity: number) {
    this.#tags = new Uint32Array(capacity).fill(RESERVED_TAG);
  }

  /** Tasks on loan: zero when every command has been answered. */
  get size(): number {
    return this.#tasks.length - this.#free.length;
  }

  /** Lends a task for a tag, or nothing when all are lent. */
  take(initiatorTaskTag: number, connection: Connection): IscsiTask | undefined {
    let task = this.#free.pop();
    if (task === undefined) {
      if (this.#tasks.length === this.#tags.length) return undefined;
      task = new IscsiTask(this.#tasks.length, connection);
      this.#tasks.push(task);
    }
    task.connection = connection;
    task.initiatorTaskTag = initiatorTaskTag;
    task.generation = task.generation + 1 & 0xffff;
    this.#tags[task.slot] = initiatorTaskTag;
    return task;
  }

  /** The task with a tag, or `undefined`. */
  find(initiatorTaskTag: number): IscsiTask | undefined {
    if (initiatorTaskTag === RESERVED_TAG) return undefined;
    const slot = this.#tags.indexOf(initiatorTaskTag);
    return slot < 0 ? undefined : this.#tasks[slot];
  }

  /** The task in a slot, on loan or not. */
  at(slot: number): IscsiTask | undefined {
    return this.#tasks[slot];
  }

  /** Takes a task back and remembers its tag. */
  release(task: IscsiTask): void {
    this.#tags[task.slot] = RESERVED_TAG;
    this.#finishedTags[this.#finished] = task.initiatorTaskTag;
    this.#finished = (this.#finished + 1) % REMEMBERED;
    this.#free.push(task);
    task.reset();
  }

  /** A task with this tag ended a short while ago. */
  wasFinished(initiatorTaskTag: number): boolean {
    return initiatorTaskTag !== RESERVED_TAG && this.#finishedTags.includes(initiatorTaskTag);
  }

  /** Calls `visit` for each task on loan. Not for the data path. */
  forEach(visit: (task: IscsiTask) => void): void {
    for (const task of this.#tasks) if (task.phase !== phase.free) visit(task);
  }
}
