/**
 * REPORT TIMESTAMP and SET TIMESTAMP.
 *
 * @module
 */

import { bits, layout, u16, u48 } from "../../bytes/layout.ts";
import { timestampCdb } from "../state_cdbs.ts";
import { answer, type Command, command } from "../command.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";

/** REPORT TIMESTAMP parameter data. */
export const timestampData = layout("SPC-5 §6.37", 12, { length: u16(0), origin: bits(2, 2, 0), timestamp: u48(4) });

/** SET TIMESTAMP parameter data. */
const timestampList = layout("SPC-5", 12, { timestamp: u48(4) });

/** TIMESTAMP ORIGIN: set by SET TIMESTAMP, or by other means (SPC-5). */
const origin = { command: 2, other: 3 } as const;

/** The timestamp commands. What is set lasts until the program ends: its clock is the host's. */
export const timestampCommands: readonly Command[] = [
  command({
    name: "REPORT TIMESTAMP",
    spec: "SPC-5 §6.37",
    usage: "a3 0f 00 00 00 00 ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "in",
    access: "free",
    run(task, unit) {
      const data = timestampData.encode({
        length: timestampData.size - 2,
        origin: unit.timestampShift === undefined ? origin.other : origin.command,
        timestamp: Math.floor(unit.clock() + (unit.timestampShift ?? 0)),
      });
      answer(task, data, timestampCdb.length.get(task.cdb));
    },
  }),
  command({
    name: "SET TIMESTAMP",
    spec: "SPC-5",
    usage: "a4 0f 00 00 00 00 ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "gather",
    access: "write",
    plan(task) {
      const length = timestampCdb.length.get(task.cdb);
      if (length > 0 && length < timestampList.size) throw new ScsiError(sense.parameterListLengthError);
      task.transferLength = Math.min(length, timestampList.size);
    },
    run(task, unit) {
      unit.timestampShift = timestampList.timestamp.get(task.data) - unit.clock();
      unit.raise(sense.timestampChanged, task.nexus);
    },
  }),
];
