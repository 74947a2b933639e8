/**
 * TEST UNIT READY and REQUEST SENSE.
 *
 * @module
 */

import { requestSenseCdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import { sense } from "../sense.ts";
import { encodeSense } from "../sense_data.ts";

/** The commands that ask how a unit is. */
export const unitCommands: readonly Command[] = [
  command({
    name: "TEST UNIT READY",
    spec: "SPC-4 §6.47",
    usage: "00 00 00 00 00 00",
    data: "none",
    access: "free",
    needsMedium: true,
    run() {},
  }),
  command({
    name: "REQUEST SENSE",
    spec: "SPC-4 §6.39",
    usage: "03 01 00 00 ff 00",
    data: "in",
    access: "free",
    attention: "run",
    run(task, unit) {
      const state = unit.nexus(task.nexus);
      const descriptors = requestSenseCdb.descriptors.get(task.cdb);
      const { deferred } = state;
      state.deferred = undefined;
      const data = deferred === undefined
        ? encodeSense(state.attentions.take() ?? sense.noSense, {}, descriptors)
        : encodeSense(deferred.code, { ...deferred.details, deferred: true }, descriptors);
      answer(task, data, requestSenseCdb.allocationLength.get(task.cdb));
    },
  }),
];
