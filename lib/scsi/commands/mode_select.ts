/**
 * MODE SELECT (6) and (10).
 *
 * @module
 */

import { modeSelect10Cdb, modeSelect6Cdb } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { parseModeList } from "../mode_select.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The MODE SELECT commands. PF is let through as zero: Windows sends pages that way too. */
export const modeSelectCommands: readonly Command[] = [
  command({
    name: "MODE SELECT (6)",
    spec: "SPC-5 §6.12",
    usage: "15 11 00 00 ff 00",
    data: "gather",
    access: "write",
    plan: (task, unit) => plan(task, unit, modeSelect6Cdb.parameterListLength.get(task.cdb)),
    run: (task, unit) => select(task, unit, false),
  }),
  command({
    name: "MODE SELECT (10)",
    spec: "SPC-5 §6.13",
    usage: "55 11 00 00 00 00 00 ff ff 00",
    data: "gather",
    access: "write",
    plan: (task, unit) => plan(task, unit, modeSelect10Cdb.parameterListLength.get(task.cdb)),
    run: (task, unit) => select(task, unit, true),
  }),
];

/** Both CDBs have SP in the same place. */
function plan(task: ScsiTask, unit: LogicalUnit, length: number): void {
  if (modeSelect6Cdb.savePages.get(task.cdb) && !unit.modePages.savable) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 0 } });
  }
  task.transferLength = length;
}

function select(task: ScsiTask, unit: LogicalUnit, ten: boolean): void | Promise<void> {
  const { modePages } = unit;
  const changes = parseModeList(task.data, ten, unit);
  const { writeCache, softwareWriteProtect } = modePages;
  let changed = false;
  for (const change of changes) if (modePages.set(change)) changed = true;
  if (changed) unit.raise(sense.modeParametersChanged, task.nexus);
  unit.thresholds.update();
  // What the cache holds has to be out before its end, or write protection, is told (SBC-4, SPC-5 §7.5.11).
  const closing = writeCache && !modePages.writeCache || !softwareWriteProtect && modePages.softwareWriteProtect;
  const flushing = closing ? unit.store.flush() : undefined;
  if (modeSelect6Cdb.savePages.get(task.cdb)) return save();
  return flushing;

  async function save(): Promise<void> {
    await flushing;
    await modePages.save(changes);
  }
}
