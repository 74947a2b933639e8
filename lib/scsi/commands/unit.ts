/**
 * TEST UNIT READY and REQUEST SENSE.
 *
 * @module
 */

import { requestSenseCdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import type { NexusState } from "../nexus_state.ts";
import { sense, type SenseCode, senseKey } from "../sense.ts";
import { encodeSense, type ScsiError } from "../sense_data.ts";
import { detailsOf } from "../unit_attention.ts";

/** The commands that ask how a unit is. */
export const unitCommands: readonly Command[] = [
  command({
    name: "TEST UNIT READY",
    spec: "SPC-5",
    usage: "00 00 00 00 00 00",
    data: "none",
    access: "shared",
    needsMedium: true,
    run() {},
  }),
  command({
    name: "REQUEST SENSE",
    spec: "SPC-5 §6.38",
    usage: "03 01 00 00 ff 00",
    data: "in",
    access: "free",
    attention: "run",
    run(task, unit) {
      const { code, details } = takeSense(unit, unit.nexus(task.nexus));
      const data = encodeSense(code, details, requestSenseCdb.descriptors.get(task.cdb));
      answer(task, data, requestSenseCdb.allocationLength.get(task.cdb));
    },
  }),
];

/** What waits to be told, or else how the unit is now (SPC-5 §6.38). */
function takeSense(unit: LogicalUnit, state: NexusState): Pick<ScsiError, "code" | "details"> {
  const { deferred } = state;
  if (deferred !== undefined) {
    state.deferred = undefined;
    return { code: deferred.code, details: { ...deferred.details, deferred: true } };
  }
  const attention = state.attentions.take();
  if (attention !== undefined) return { code: attention, details: detailsOf(attention) };
  if (unit.operation !== undefined) return unit.operation.state;
  if (unit.notReady !== undefined) return { code: unit.notReady, details: {} };
  // The unit is ready all the same: a key other than NO SENSE would say that it is not.
  const { running, progress } = unit.selfTests;
  if (running) return { code: selfTesting, details: { progress: Math.min(0xffff, Math.floor(progress * 0x1_0000)) } };
  return { code: sense.noSense, details: {} };
}

const selfTesting: SenseCode = { ...sense.selfTestInProgress, key: senseKey.noSense };
