/**
 * The REPORT LUNS well known logical unit (SPC-5): always there, at an address of its own.
 *
 * @module
 */

import { inquiryCdb, requestSenseCdb } from "./cdb.ts";
import { answer } from "./command.ts";
import { reportLuns } from "./commands/report_luns.ts";
import { designators } from "./designators.ts";
import { sense } from "./sense.ts";
import { encodeSense, ScsiError } from "./sense_data.ts";
import { standardInquiry } from "./standard_inquiry.ts";
import type { ScsiTask } from "./task.ts";
import { supportedPages, withHeader } from "./vpd.ts";

/** Its number as the transport gives it. */
export const reportLunsUnit = 0xc101;

/** Peripheral device type of well known logical units (SPC-5 §6.7.2). */
const wellKnownType = 0x1e;

const page = { supported: 0x00, identification: 0x83 } as const;

/** Answers the commands that it has. Throws INVALID COMMAND OPERATION CODE for the rest. */
export function answerWellKnown(task: ScsiTask): void {
  switch (task.cdb[0]) {
    case 0x00:
      return;
    case 0x03: {
      const data = encodeSense(sense.noSense, {}, requestSenseCdb.descriptors.get(task.cdb));
      return answer(task, data, requestSenseCdb.allocationLength.get(task.cdb));
    }
    case 0x12: {
      const data = inquiry(task);
      data[0] = wellKnownType;
      return answer(task, data, inquiryCdb.allocationLength.get(task.cdb));
    }
    case 0xa0:
      return reportLuns(task);
    default:
      throw new ScsiError(sense.invalidCommandOperationCode);
  }
}

/** It belongs to the device, so it says the device's names as the first unit does. */
function inquiry({ cdb, nexus }: ScsiTask): Uint8Array {
  const wanted = inquiryCdb.page.get(cdb);
  if (!inquiryCdb.vitalProductData.get(cdb)) {
    const [first] = nexus.luns.numbers();
    if (wanted === 0) return standardInquiry(nexus, first === undefined ? undefined : nexus.luns.at(first));
  } else if (wanted === page.supported) return supportedPages(Object.values(page));
  else if (wanted === page.identification) return withHeader(page.identification, designators(undefined, nexus));
  throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2 } });
}
