/**
 * The copy operations that a logical unit has been asked for: what runs, and the results that are held until they are asked
 * for (SPC-5).
 *
 * @module
 */

import { serviceActionOf } from "../command.ts";
import type { Nexus } from "../nexus.ts";
import { status } from "../status.ts";
import type { ScsiTask } from "../task.ts";
import { copyStatus } from "./formats.ts";
import type { Progress } from "./mover.ts";

/** Operations that are remembered; the oldest that has ended makes room. */
export const rememberedCopies = 64;

/** How a copy is to run. */
export interface CopyMode {
  /** What results are asked for by; `undefined` when they are not. */
  readonly listId: number | undefined;
  /** GOOD status is sent before the copy begins. */
  readonly immediate: boolean;
  /** Results count blocks of so many bytes; absent for bytes. */
  readonly countedIn?: number;
}

/** One copy operation. */
export class CopyOperation implements Progress {
  readonly nexus: Nexus;
  readonly serviceAction: number;
  readonly listId: number | undefined;
  /** Bytes that the transfer count counts by. */
  readonly countedIn: number;
  /** One of `copyStatus`. */
  state: number;
  /** SCSI status that the operation ended with. */
  status: number = status.good;
  sense: Uint8Array = new Uint8Array(0);
  /** Segments that are done. */
  segments = 0;
  /** Bytes that were moved. */
  transferred = 0;
  /** The ROD token that POPULATE TOKEN has made. */
  token: Uint8Array | undefined = undefined;
  /** Less was written than wanted, for a token holds no more. */
  residual = false;
  /** The command that waits for the end; `undefined` in the background, where the task is another command's by now. */
  #task: ScsiTask | undefined;
  #aborted = false;
  readonly #ended = Promise.withResolvers<void>();

  constructor(task: ScsiTask, { listId, immediate, countedIn = 1 }: CopyMode) {
    this.nexus = task.nexus;
    this.serviceAction = serviceActionOf(task.cdb);
    this.listId = listId;
    this.countedIn = countedIn;
    this.state = immediate ? copyStatus.background : copyStatus.foreground;
    this.#task = immediate ? undefined : task;
  }

  /** It still runs. */
  get running(): boolean {
    return this.state === copyStatus.foreground || this.state === copyStatus.background;
  }

  /** It was aborted, or its command was. */
  get aborted(): boolean {
    return this.#aborted || (this.#task?.aborted ?? false);
  }

  moved(bytes: number): void {
    this.transferred += bytes;
  }

  /** Makes it stop; settles when nothing more is written. */
  abort(): Promise<void> {
    this.#aborted = true;
    return this.#ended.promise;
  }

  /** It has ended with a SCSI status. */
  end(code: number, sense?: Uint8Array): void {
    this.#aborted = this.aborted;
    this.#task = undefined;
    this.status = code;
    this.sense = sense ?? this.sense;
    if (this.#aborted) this.state = copyStatus.terminated;
    else if (code !== status.good) this.state = copyStatus.failed;
    else this.state = this.residual ? copyStatus.residual : copyStatus.completed;
    this.#ended.resolve();
  }
}

/** The operations of one logical unit. */
export class CopyOperations {
  readonly #operations: CopyOperation[] = [];

  /** Operations that run. */
  get running(): number {
    return this.#operations.filter((operation) => operation.running).length;
  }

  /**
   * Begins an operation.
   *
   * @returns `undefined` when one with the same list identifier runs, or too many do.
   */
  begin(task: ScsiTask, mode: CopyMode): CopyOperation | undefined {
    const old = mode.listId === undefined ? undefined : this.find(task.nexus, mode.listId);
    if (old?.running || this.running >= rememberedCopies) return undefined;
    if (old !== undefined) this.#remove(old);
    while (this.#operations.length >= rememberedCopies) {
      this.#operations.splice(this.#operations.findIndex((operation) => !operation.running), 1);
    }
    const operation = new CopyOperation(task, mode);
    this.#operations.push(operation);
    return operation;
  }

  /** The operation of a nexus with a list identifier. */
  find(nexus: Nexus, listId: number): CopyOperation | undefined {
    return this.#operations.find((operation) => operation.nexus === nexus && operation.listId === listId);
  }

  /** Results need not be kept: they were told, or nobody can ask for them. Nothing happens while it runs. */
  forget(operation: CopyOperation): void {
    if (!operation.running) this.#remove(operation);
  }

  /** A nexus is lost, or with none given the unit is reset: what runs ends soon and is forgotten. */
  end(nexus?: Nexus): void {
    for (const operation of [...this.#operations]) {
      if (nexus !== undefined && operation.nexus !== nexus) continue;
      operation.abort();
      this.#remove(operation);
    }
  }

  #remove(operation: CopyOperation): void {
    const index = this.#operations.indexOf(operation);
    if (index >= 0) this.#operations.splice(index, 1);
  }
}
