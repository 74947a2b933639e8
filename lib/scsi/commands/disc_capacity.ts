/**
 * READ FORMAT CAPACITIES, with which drivers that know only discs that can be written look for a medium.
 *
 * @module
 */

import { bits, layout, u24, u32, u8 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import { discBlockSize } from "../disc.ts";
import { readFormatCapacitiesCdb } from "../disc_cdbs.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import type { ScsiTask } from "../task.ts";

/** READ FORMAT CAPACITIES. */
export const readFormatCapacitiesCommand: Command = command({
  name: "READ FORMAT CAPACITIES",
  spec: "MMC-5 §6.24",
  usage: "23 00 00 00 00 00 00 ff ff 00",
  only: "cdrom",
  data: "in",
  access: "free",
  run: readFormatCapacities,
});

const capacityList = layout("MMC-5 §6.24", 12, {
  length: u8(3),
  blocks: u32(4),
  descriptorType: bits(8, 1, 0),
  blockSize: u24(9),
});
const listHeaderSize = 4;

/** DESCRIPTOR TYPE. */
const descriptorTypes = { formattedMedium: 2, noMedium: 3 } as const;

/** Without a medium it tells how large one can be made by formatting: nothing can be formatted here. */
function readFormatCapacities(task: ScsiTask, unit: LogicalUnit): void {
  const data = capacityList.encode({
    length: capacityList.size - listHeaderSize,
    blocks: unit.loaded ? unit.blocks : 0,
    descriptorType: unit.loaded ? descriptorTypes.formattedMedium : descriptorTypes.noMedium,
    blockSize: discBlockSize,
  });
  answer(task, data, readFormatCapacitiesCdb.allocationLength.get(task.cdb));
}
