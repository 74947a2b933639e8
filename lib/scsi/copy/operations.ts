/**
 * The copy operations that a logical unit has been asked for: what runs, and the results that are held until they are asked
 * for (SPC-4 §5.17.4.3).
 *
 * @module
 */

import type { Nexus } from "../nexus.ts";
import { status } from "../status.ts";
import type { Progress } from "./mover.ts";
import { copyStatus } from "./formats.ts";

/** Operations that are remembered; the oldest that has ended makes room. */
const remembered = 64;

/** One copy operation. */
export class CopyOperation implements Progress {
  readonly nexus: Nexus;
  readonly serviceAction: number;
  readonly listId: number | undefined;
  /** One of `copyStatus`. */
  state: number = copyStatus.inProgress;
  /** SCSI status that the operation ended with. */
  status: number = status.good;
  sense: Uint8Array = new Uint8Array(0);
  /** Segments that are done. */
  segments = 0;
  /** Bytes that were moved. */
  transferred = 0;
  /** ROD tokens that POPULATE TOKEN has made. */
  token: Uint8Array | undefined = undefined;
  aborted = false;

  constructor(nexus: Nexus, serviceAction: number, listId: number | undefined) {
    this.nexus = nexus;
    this.serviceAction = serviceAction;
    this.listId = listId;
  }

  /** It still runs. */
  get running(): boolean {
    return this.state === copyStatus.inProgress;
  }

  moved(bytes: number): void {
    this.transferred += bytes;
  }

  /** It has ended. */
  end(code: number, sense?: Uint8Array): void {
    this.status = code;
    this.sense = sense ?? this.sense;
    if (this.aborted) this.state = copyStatus.terminated;
    else this.state = code === status.good ? copyStatus.completed : copyStatus.failed;
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
  begin(nexus: Nexus, serviceAction: number, listId: number | undefined): CopyOperation | undefined {
    const old = listId === undefined ? undefined : this.find(nexus, listId);
    if (old?.running || this.running >= remembered) return undefined;
    if (old !== undefined) this.#operations.splice(this.#operations.indexOf(old), 1);
    while (this.#operations.length >= remembered) {
      this.#operations.splice(this.#operations.findIndex((operation) => !operation.running), 1);
    }
    const operation = new CopyOperation(nexus, serviceAction, listId);
    this.#operations.push(operation);
    return operation;
  }

  /** The operation of a nexus with a list identifier. */
  find(nexus: Nexus, listId: number): CopyOperation | undefined {
    return this.#operations.find((operation) => operation.nexus === nexus && operation.listId === listId);
  }

  /** Results that were told need not be kept. */
  forget(operation: CopyOperation): void {
    const index = this.#operations.indexOf(operation);
    if (index >= 0 && !operation.running) this.#operations.splice(index, 1);
  }

  /** A nexus is lost, or with none given the unit is reset: what runs ends soon and is forgotten. */
  end(nexus?: Nexus): void {
    for (const operation of [...this.#operations]) {
      if (nexus !== undefined && operation.nexus !== nexus) continue;
      operation.aborted = true;
      this.#operations.splice(this.#operations.indexOf(operation), 1);
    }
  }
}
