/**
 * REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS.
 *
 * @module
 */

import { flag, layout, u8 } from "../../bytes/layout.ts";
import { reportFunctionsCdb } from "../state_cdbs.ts";
import { answer, type Command, command } from "../command.ts";

/** What is answered without and with timeouts: 4 or 16 bytes. No timeout is known in advance. */
export const functionsData = layout("SPC-5 §6.35", 16, {
  abortTask: flag(0, 7),
  abortTaskSet: flag(0, 6),
  clearAca: flag(0, 5),
  clearTaskSet: flag(0, 4),
  logicalUnitReset: flag(0, 3),
  queryTask: flag(0, 2),
  targetReset: flag(0, 1),
  queryAsynchronousEvent: flag(1, 2),
  queryTaskSet: flag(1, 1),
  nexusReset: flag(1, 0),
  additionalLength: u8(3),
});

const shortSize = 4;

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS. */
export const reportFunctionsCommand: Command = command({
  name: "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS",
  spec: "SPC-5 §6.35",
  usage: "a3 0d 80 00 00 00 ff ff ff ff 00 00",
  hasServiceAction: true,
  data: "in",
  access: "free",
  run(task) {
    const size = reportFunctionsCdb.extended.get(task.cdb) ? functionsData.size : shortSize;
    const data = functionsData.encode({
      abortTask: true,
      abortTaskSet: true,
      clearTaskSet: true,
      logicalUnitReset: true,
      targetReset: true,
      queryTask: task.nexus.queries,
      queryTaskSet: task.nexus.queries,
      queryAsynchronousEvent: task.nexus.queries,
      nexusReset: task.nexus.queries,
      additionalLength: size - shortSize,
    });
    answer(task, data.subarray(0, size), reportFunctionsCdb.allocationLength.get(task.cdb));
  },
});
