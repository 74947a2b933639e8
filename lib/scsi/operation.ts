/**
 * Operations on the whole medium that outlast a command: formatting and sanitizing (SBC-4, SBC-4).
 *
 * @module
 */

import type { Command } from "./command.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { CommandNotes } from "./notes.ts";
import { sense, type SenseCode } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";
import { isForeseen } from "./store_errors.ts";
import type { ScsiTask } from "./task.ts";

/** What kinds of operations differ in. */
export interface OperationKind {
  readonly name: string;
  /** What other commands are told meanwhile. */
  readonly inProgress: SenseCode;
  /** What they are told when it has failed. */
  readonly failed: SenseCode;
  /** Operation codes of the commands that may follow a failure. */
  readonly repairs: readonly number[];
}

/** FORMAT UNIT and SANITIZE. */
export const operationKinds: Readonly<Record<"format" | "sanitize", OperationKind>> = {
  format: {
    name: "format",
    inProgress: sense.formatInProgress,
    failed: sense.mediumFormatCorrupted,
    repairs: [0x04, 0x48],
  },
  sanitize: {
    name: "sanitize",
    inProgress: sense.sanitizeInProgress,
    failed: sense.sanitizeCommandFailed,
    repairs: [0x48],
  },
};

/** How an operation is started. */
export interface OperationOptions {
  readonly kind: OperationKind;
  /** The command ends before the operation does. */
  readonly immediate: boolean;
  /** After a failure only another operation that succeeds makes the medium usable (SBC-4). */
  readonly restricted: boolean;
  /** Does it; calls `operation.progress` often, and need not look at `task.aborted`: nothing ends it but a failure. */
  readonly work: (operation: Operation) => Promise<void>;
}

/** The field of the unit's memory that tells of an operation that is not over. */
const memoryField = "operation";

/** An operation that is in progress or has failed. */
export class Operation {
  readonly kind: OperationKind;
  readonly restricted: boolean;
  #failed: boolean;
  /** The done part, 0 to 1. */
  #done = 0;
  #waiting: { readonly task: ScsiTask; readonly release: () => void } | undefined;

  constructor(kind: OperationKind, restricted: boolean, failed = false) {
    this.kind = kind;
    this.restricted = restricted;
    this.#failed = failed;
  }

  /** It has failed, and the medium cannot be used. */
  get failed(): boolean {
    return this.#failed;
  }

  /** What REQUEST SENSE, and commands that are refused, say. */
  get state(): ScsiError {
    if (this.#failed) return new ScsiError(this.kind.failed);
    return new ScsiError(this.kind.inProgress, { progress: Math.min(0xffff, Math.floor(this.#done * 0x1_0000)) });
  }

  /** Throws unless a command is served all the same: those that only ask for what has nothing to do with the medium. */
  admit(command: Command): void {
    if (!command.needsMedium && !["read", "write", "own"].includes(command.access)) return;
    if (this.#failed && this.kind.repairs.includes(command.opcode)) return;
    throw this.state;
  }

  /** Notes how far it has come, 0 to 1, and lets go of the command when that was aborted. */
  progress(done: number): void {
    this.#done = done;
    if (this.#waiting?.task.aborted) this.#waiting.release();
  }

  /** Settles when the operation has ended, or its command was aborted (SBC-4: that does not end it). */
  async follow(task: ScsiTask, ended: Promise<void>): Promise<void> {
    const released = Promise.withResolvers<void>();
    this.#waiting = { task, release: released.resolve };
    await Promise.race([ended, released.promise]);
  }

  /** The operation could not be done. */
  fail(): void {
    this.#failed = true;
  }
}

/** The operation that a restart has interrupted: it has failed. */
export function interruptedOperation(unit: LogicalUnit): Operation | undefined {
  const note = unit.memory?.read(memoryField);
  if (typeof note !== "object" || note === null || !("kind" in note)) return undefined;
  const kind = note.kind === "format" ? operationKinds.format : operationKinds.sanitize;
  return new Operation(kind, "restricted" in note && note.restricted === true, true);
}

/** The medium is usable again. */
export async function endOperation(unit: LogicalUnit): Promise<void> {
  unit.operation = undefined;
  if (unit.memory?.read(memoryField) !== undefined) await unit.memory.write(memoryField, undefined);
}

/** Begins an operation. The promise settles with the command; it rejects with what made the operation fail. */
export function startOperation(task: ScsiTask, unit: LogicalUnit, options: OperationOptions): Promise<void> {
  const operation = new Operation(options.kind, options.restricted);
  unit.operation = operation;
  const ended = carryOut(unit, operation, options);
  if (!options.immediate) return operation.follow(task, ended);
  ended.catch((error: unknown) => {
    if (!isForeseen(error)) unit.onFault(error);
  });
  return Promise.resolve();
}

async function carryOut(unit: LogicalUnit, operation: Operation, options: OperationOptions): Promise<void> {
  // What has begun before ends before; what has been admitted and waits for its data goes on afterwards.
  const range = new CommandNotes();
  range.length = unit.blocks * unit.blockSize;
  try {
    const waiting = unit.ranges.lock(range);
    if (waiting !== undefined) await waiting;
    unit.tokens.clear();
    await unit.memory?.write(memoryField, { kind: operation.kind.name, restricted: operation.restricted });
    await options.work(operation);
    await unit.store.flush();
    await endOperation(unit);
  } catch (error) {
    operation.fail();
    throw error;
  } finally {
    unit.ranges.unlock(range);
  }
}
