/**
 * Runs a copy operation in the foreground of its command, or behind its back when the initiator wants the status at once.
 *
 * Tested in tests/scsi/commands/copy_test.ts.
 *
 * @module
 */

import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { encodeSense, ScsiError } from "../sense_data.ts";
import { status, StatusError } from "../status.ts";
import { isForeseen, toScsiError } from "../store_errors.ts";
import type { ScsiTask } from "../task.ts";
import type { CopyMode, CopyOperation } from "./operations.ts";

/**
 * Runs `work` as a copy operation. Rejects with what the command ends with. In the background neither the task nor its data
 * outlast the call, so `work` must not look at them.
 */
export async function runCopy(
  task: ScsiTask,
  unit: LogicalUnit,
  mode: CopyMode,
  work: (operation: CopyOperation) => Promise<void>,
): Promise<void> {
  const operation = unit.copies.begin(task, mode);
  if (operation === undefined) throw new ScsiError(sense.operationInProgress);
  const running = follow(unit, operation, work);
  if (!mode.immediate) {
    await running;
    return;
  }
  // How it ends is told to whoever asks for the results.
  running.catch((error: unknown) => {
    if (!isForeseen(error) && !(error instanceof StatusError)) unit.onFault(error);
  });
}

async function follow(
  unit: LogicalUnit,
  operation: CopyOperation,
  work: (operation: CopyOperation) => Promise<void>,
): Promise<void> {
  try {
    await work(operation);
    // What was copied in part only is no success (SPC-5).
    if (operation.aborted) throw new ScsiError(sense.copyAborted);
    operation.end(status.good);
  } catch (error) {
    if (error instanceof StatusError) operation.end(error.status);
    else {
      const { code, details } = toScsiError(error, true);
      operation.end(status.checkCondition, encodeSense(code, details, unit.modePages.descriptorSense));
    }
    throw error;
  } finally {
    if (operation.listId === undefined) unit.copies.forget(operation);
  }
}
