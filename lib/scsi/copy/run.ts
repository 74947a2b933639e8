/**
 * Runs a copy operation in the foreground of its command, or behind its back when the initiator wants the status at once.
 *
 * Tested in tests/scsi/commands/copy_test.ts.
 *
 * @module
 */

import { serviceActionOf } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { encodeSense, ScsiError } from "../sense_data.ts";
import { status, StatusError } from "../status.ts";
import { isForeseen, toScsiError } from "../store_errors.ts";
import type { ScsiTask } from "../task.ts";
import type { CopyOperation } from "./operations.ts";

/** How a copy is to run. */
export interface CopyMode {
  /** What results are asked for by; `undefined` when they are not. */
  readonly listId: number | undefined;
  /** GOOD status is sent before the copy begins. */
  readonly immediate: boolean;
}

/** Runs `work` as a copy operation. Throws or rejects with what the command ends with. */
export async function runCopy(
  task: ScsiTask,
  unit: LogicalUnit,
  { listId, immediate }: CopyMode,
  work: (operation: CopyOperation) => Promise<void>,
): Promise<void> {
  const operation = unit.copies.begin(task.nexus, serviceActionOf(task.cdb), listId);
  if (operation === undefined) throw new ScsiError(sense.operationInProgress);
  const running = follow(unit, operation, work);
  if (!immediate) {
    await running;
    return;
  }
  // How it ends is told to whoever asks for the results.
  running.catch(() => {});
}

async function follow(
  unit: LogicalUnit,
  operation: CopyOperation,
  work: (operation: CopyOperation) => Promise<void>,
): Promise<void> {
  try {
    await work(operation);
    operation.end(status.good);
  } catch (error) {
    if (error instanceof StatusError) {
      operation.end(error.status);
      throw error;
    }
    const { code, details } = toScsiError(error, true);
    if (!isForeseen(error)) unit.onFault(error);
    operation.end(status.checkCondition, encodeSense(code, details, true));
    throw error;
  }
}
