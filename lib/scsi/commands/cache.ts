/**
 * SYNCHRONIZE CACHE (10) and (16).
 *
 * @module
 */

import { planRange } from "../blocks.ts";
import { block10, block16, type BlockAddressing } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { isForeseen, toScsiError } from "../store_errors.ts";
import type { ScsiTask } from "../task.ts";

/** SYNC_NV (obsolete) is let through: initiators still set it, and nothing here is kept in non-volatile cache. */
export const cacheCommands: readonly Command[] = [
  row("SYNCHRONIZE CACHE (10)", "SBC-4 §5.33", "35 06 ff ff ff ff 1f ff ff 00", block10),
  row("SYNCHRONIZE CACHE (16)", "SBC-4 §5.34", "91 06 ff ff ff ff ff ff ff ff ff ff ff ff 1f 00", block16),
];

function row(name: string, spec: string, usage: string, addressing: BlockAddressing): Command {
  return command({
    name,
    spec,
    usage,
    data: "none",
    access: "write",
    needsMedium: true,
    plan: (task, unit) => planRange(task, unit, addressing),
    run: (task, unit) => synchronize(task, unit),
  });
}

/** A store flushes as a whole. With IMMED, a flush that fails later is told as a deferred error. */
function synchronize(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  if (!block10.immed.get(task.cdb)) return unit.store.flush();
  const state = unit.nexus(task.nexus);
  const flushing = unit.store.flush();
  flushing?.catch((error: unknown) => {
    state.deferred = toScsiError(error, true);
    if (!isForeseen(error)) unit.onFault(error);
  });
}
