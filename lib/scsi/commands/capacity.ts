/**
 * READ CAPACITY (10) and (16).
 *
 * @module
 */

import { bits, type Field, flag, layout, u32, u64, u8 } from "../../bytes/layout.ts";
import { readCapacity10Cdb, readCapacity16Cdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** READ CAPACITY (10) parameter data. */
export const capacity10 = layout("SBC-4 §5.20", 8, { lastLba: u32(0), blockSize: u32(4) });

/** READ CAPACITY (16) parameter data. */
export const capacity16 = layout("SBC-4 §5.21.2", 32, {
  lastLba: u64(0),
  blockSize: u32(8),
  protectionEnabled: flag(12, 0),
  physicalBlockExponent: bits(13, 3, 0),
  provisioningManaged: flag(14, 7),
  provisioningReadsZeros: flag(14, 6),
  lowestAlignedLbaHigh: bits(14, 5, 0),
  lowestAlignedLbaLow: u8(15),
});

/** The READ CAPACITY commands. */
export const capacityCommands: readonly Command[] = [
  command({
    name: "READ CAPACITY (10)",
    spec: "SBC-4 §5.20",
    usage: "25 00 ff ff ff ff 00 00 01 00",
    data: "in",
    access: "free",
    needsMedium: true,
    plan: (task) => checkAddress(task, readCapacity10Cdb.lba, readCapacity10Cdb.partialMediumIndicator),
    run(task, unit) {
      const lastLba = Math.min(unit.blocks - 1, 0xffff_ffff);
      answer(task, capacity10.encode({ lastLba, blockSize: unit.blockSize }), capacity10.size);
    },
  }),
  command({
    name: "READ CAPACITY (16)",
    spec: "SBC-4 §5.21",
    usage: "9e 10 ff ff ff ff ff ff ff ff ff ff ff ff 01 00",
    hasServiceAction: true,
    only: "disk",
    data: "in",
    access: "free",
    needsMedium: true,
    plan: (task) => checkAddress(task, readCapacity16Cdb.lba, readCapacity16Cdb.partialMediumIndicator),
    run(task, unit) {
      const data = capacity16.encode({
        lastLba: unit.blocks - 1,
        blockSize: unit.blockSize,
        physicalBlockExponent: unit.physicalBlockExponent,
        provisioningManaged: unit.thin,
        provisioningReadsZeros: unit.thin,
        lowestAlignedLbaHigh: unit.lowestAlignedLba >> 8,
        lowestAlignedLbaLow: unit.lowestAlignedLba & 0xff,
      });
      answer(task, data, readCapacity16Cdb.allocationLength.get(task.cdb));
    },
  }),
];

/** An address without PMI is an error (SBC-2 §5.10). With it, every address has the whole medium behind it. */
function checkAddress(task: ScsiTask, lba: Field<number>, partialMediumIndicator: Field<boolean>): void {
  if (partialMediumIndicator.get(task.cdb) || lba.get(task.cdb) === 0) return;
  throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: lba.offset } });
}
