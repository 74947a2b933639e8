/**
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS.
 *
 * @module
 */

import { layout, u16, u8 } from "../../bytes/layout.ts";
import { receiveDiagnosticCdb, sendDiagnosticCdb } from "../state_cdbs.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { selfTestCode, selfTestOutcome } from "../self_test.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The header of a diagnostic page. */
export const diagnosticHeader = layout("SPC-5", 4, { page: u8(0), length: u16(2) });

/** The page that lists the pages: it is the only one. */
const supportedPages = 0x00;

/** The diagnostic commands. */
export const diagnosticCommands: readonly Command[] = [
  command({
    name: "RECEIVE DIAGNOSTIC RESULTS",
    spec: "SPC-5",
    usage: "1c 01 ff ff ff 00",
    data: "in",
    access: "read",
    run(task) {
      const { cdb } = task;
      const page = receiveDiagnosticCdb.pageCodeValid.get(cdb) ? receiveDiagnosticCdb.page.get(cdb) : supportedPages;
      if (page !== supportedPages) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2 } });
      const data = diagnosticHeader.encode({ page, length: 1 }, new Uint8Array(diagnosticHeader.size + 1));
      answer(task, data, receiveDiagnosticCdb.allocationLength.get(cdb));
    },
  }),
  command({
    name: "SEND DIAGNOSTIC",
    spec: "SPC-5",
    usage: "1d f7 00 ff ff 00",
    data: "gather",
    access: "write",
    plan: planSend,
    run: checkPages,
    runWithoutData: test,
  }),
];

function planSend(task: ScsiTask): void {
  const { cdb } = task;
  const length = sendDiagnosticCdb.parameterListLength.get(cdb);
  const code = sendDiagnosticCdb.selfTestCode.get(cdb);
  const selfTest = sendDiagnosticCdb.selfTest.get(cdb);
  if (code === 3 || code === 7 || selfTest && code !== 0) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 7 } });
  }
  // A self-test takes no parameters (SPC-5).
  if (length > 0 && (code !== 0 || selfTest)) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 3 } });
  task.transferLength = length;
}

function checkPages({ data }: ScsiTask): void {
  if (data.length < diagnosticHeader.size) throw new ScsiError(sense.parameterListLengthError);
  const wrong = diagnosticHeader.page.get(data) !== supportedPages
    ? 0
    : diagnosticHeader.length.get(data) !== 0
    ? 2
    : -1;
  if (wrong >= 0) throw new ScsiError(sense.invalidFieldInParameterList, { pointer: { byte: wrong, inData: true } });
  if (data.length > diagnosticHeader.size) throw new ScsiError(sense.parameterListLengthError);
}

function test(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const code = sendDiagnosticCdb.selfTestCode.get(task.cdb);
  if (code === selfTestCode.default && !sendDiagnosticCdb.selfTest.get(task.cdb)) return;
  if (code === selfTestCode.abortBackground) {
    if (unit.selfTests.abort()) return;
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 7 } });
  }
  if (unit.selfTests.running) throw new ScsiError(sense.selfTestInProgress);
  const { notReady } = unit;
  if (notReady !== undefined) throw new ScsiError(notReady);
  if (code === selfTestCode.backgroundShort || code === selfTestCode.backgroundExtended) {
    void unit.selfTests.run(code, () => unit.notReady !== undefined);
    return;
  }
  return foreground(task, unit, code);
}

async function foreground(task: ScsiTask, unit: LogicalUnit, code: number): Promise<void> {
  const { outcome, failedBlock } = await unit.selfTests.run(code, () => task.aborted);
  if (outcome !== selfTestOutcome.failed) return;
  throw new ScsiError(
    sense.logicalUnitFailedSelfTest,
    failedBlock === undefined ? {} : { information: failedBlock },
  );
}
