/**
 * Commands to a logical unit number that names none (SPC-5, SAM-5 §5.11).
 *
 * Tested in tests/scsi/dispatch_test.ts.
 *
 * @module
 */

import { inquiryCdb, requestSenseCdb } from "./cdb.ts";
import { answer } from "./command.ts";
import { reportLuns } from "./commands/report_luns.ts";
import { sense } from "./sense.ts";
import { encodeSense, ScsiError } from "./sense_data.ts";
import { standardInquiry } from "./standard_inquiry.ts";
import type { ScsiTask } from "./task.ts";
import { supportedPages } from "./vpd.ts";
import { answerWellKnown, reportLunsUnit } from "./well_known_unit.ts";

/** Peripheral qualifier 3 and device type 1Fh: nothing can be here. */
const nothingHere = 0x7f;

/** Answers what every target has to answer at any address. Throws LOGICAL UNIT NOT SUPPORTED for the rest. */
export function answerWithoutUnit(task: ScsiTask): void {
  if (task.lun === reportLunsUnit) return answerWellKnown(task);
  switch (task.cdb[0]) {
    case 0x03: {
      const data = encodeSense(sense.logicalUnitNotSupported, {}, requestSenseCdb.descriptors.get(task.cdb));
      return answer(task, data, requestSenseCdb.allocationLength.get(task.cdb));
    }
    case 0x12:
      return inquiry(task);
    case 0xa0:
      return reportLuns(task);
    default:
      throw new ScsiError(sense.logicalUnitNotSupported);
  }
}

function inquiry(task: ScsiTask): void {
  const page = inquiryCdb.page.get(task.cdb);
  const vital = inquiryCdb.vitalProductData.get(task.cdb);
  if (page !== 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2 } });
  const data = vital ? supportedPages([0x00]) : standardInquiry(task.nexus);
  data[0] = nothingHere;
  answer(task, data, inquiryCdb.allocationLength.get(task.cdb));
}
