/**
 * INQUIRY.
 *
 * @module
 */

import { inquiryCdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import { standardInquiry } from "../standard_inquiry.ts";
import type { ScsiTask } from "../task.ts";
import { vitalProductData } from "../vpd.ts";

/** INQUIRY. */
export const inquiryCommand: Command = command({
  name: "INQUIRY",
  spec: "SPC-5 §6.7",
  usage: "12 01 ff ff ff 00",
  data: "in",
  access: "free",
  attention: "ignore",
  run(task, unit) {
    answer(task, inquiryData(task, unit), inquiryCdb.allocationLength.get(task.cdb));
  },
});

function inquiryData(task: ScsiTask, unit: LogicalUnit): Uint8Array {
  const page = inquiryCdb.page.get(task.cdb);
  if (!inquiryCdb.vitalProductData.get(task.cdb)) {
    if (page === 0) return standardInquiry(task.nexus, unit);
  } else {
    const data = vitalProductData(page, unit, task.nexus);
    if (data !== undefined) return data;
  }
  throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2 } });
}
