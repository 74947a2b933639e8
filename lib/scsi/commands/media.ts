/**
 * START STOP UNIT and PREVENT ALLOW MEDIUM REMOVAL.
 *
 * @module
 */

import { preventAllowCdb, startStopCdb } from "../cdb.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** Events of the media class (MMC-5 §6.7). */
const mediaEvent = { newMedia: 2, removal: 3 } as const;

/** The commands that load, eject, start and stop. */
export const mediaCommands: readonly Command[] = [
  command({
    name: "START STOP UNIT",
    spec: "SBC-4 §5.31",
    usage: "1b 01 00 0f f7 00",
    data: "none",
    access: "write",
    // To start harms nobody (SBC-4 §4.17).
    accessOf: (cdb) => startStopCdb.start.get(cdb) && startStopCdb.powerCondition.get(cdb) === 0 ? "free" : "write",
    run: startStop,
  }),
  command({
    name: "PREVENT ALLOW MEDIUM REMOVAL",
    spec: "SBC-4 §5.15",
    usage: "1e 00 00 00 03 00",
    data: "none",
    access: "write",
    accessOf: (cdb) => preventAllowCdb.prevent.get(cdb) === 0 ? "free" : "write",
    run(task, unit) {
      const prevent = preventAllowCdb.prevent.get(task.cdb);
      if (prevent > 1) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 4, bit: 1 } });
      unit.nexus(task.nexus).preventsRemoval = prevent === 1;
    },
  }),
];

/**
 * Power conditions change nothing here: there is nothing to save, so all of them are the active one. START alone starts
 * and stops a fixed medium; a removable one moves with LOEJ and stays ready as long as it is in.
 */
function startStop(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const { cdb } = task;
  const loadEject = startStopCdb.loadEject.get(cdb);
  if (startStopCdb.powerCondition.get(cdb) !== 0) return;
  if (loadEject && !unit.removable) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 4, bit: 1 } });
  const start = startStopCdb.start.get(cdb);
  if (unit.removable && !loadEject) return checkLoaded(unit, start);
  // What is locked moves neither out nor in.
  if (loadEject && start !== unit.loaded && unit.removalPrevented) throw new ScsiError(sense.mediumRemovalPrevented);
  return start ? bringIn(task, unit) : takeOut(unit, startStopCdb.noFlush.get(cdb));
}

function checkLoaded(unit: LogicalUnit, start: boolean): void {
  const { notReady } = unit;
  if (start && notReady !== undefined) throw new ScsiError(notReady);
}

function bringIn(task: ScsiTask, unit: LogicalUnit): void {
  const { counters } = unit.log;
  if (unit.removable && !unit.loaded) {
    unit.raise(sense.mediumMayHaveChanged, task.nexus);
    tellMedia(unit, mediaEvent.newMedia);
    counters.loads++;
  }
  if (unit.stopped) counters.starts++;
  unit.loaded = true;
  unit.stopped = false;
}

function tellMedia(unit: LogicalUnit, event: number): void {
  for (const [, state] of unit.nexuses()) state.mediaEvent = event;
}

function takeOut(unit: LogicalUnit, noFlush: boolean): void | Promise<void> {
  if (!unit.removable) unit.stopped = true;
  else {
    if (unit.loaded) tellMedia(unit, mediaEvent.removal);
    unit.loaded = false;
    unit.tokens.clear();
  }
  if (!noFlush) return unit.store.flush();
}
