/**
 * READ DISC STRUCTURE, which was READ DVD STRUCTURE: what is written in front of the first block of a DVD.
 *
 * Tested in tests/scsi/commands/disc_test.ts.
 *
 * @module
 */

import { bits, flag, layout, u16, u24, u8 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import { isCd } from "../disc.ts";
import { readDiscStructureCdb } from "../disc_cdbs.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** READ DISC STRUCTURE. */
export const discStructureCommand: Command = command({
  name: "READ DISC STRUCTURE",
  spec: "MMC-5 §6.23",
  usage: "ad 0f ff ff ff ff ff ff ff ff c0 00",
  only: "cdrom",
  data: "in",
  access: "free",
  needsMedium: true,
  run: readDiscStructure,
});

/** FORMAT (MMC-5 §6.23.2.7). */
const structure = { physical: 0x00, copyright: 0x01, manufacturer: 0x04, list: 0xff } as const;
const structureHeader = layout("MMC-5 §6.23.3.1", 4, { length: u16(0) });
const structureSizes: Readonly<Record<number, number>> = {
  [structure.physical]: 2052,
  [structure.copyright]: 8,
  [structure.manufacturer]: 2052,
};
/** Book type 0 is DVD-ROM: one embossed layer of 120 mm, which begins at sector 30000h. */
const physicalFormat = layout("MMC-5 §6.23.3.2.1", 2052, {
  length: u16(0),
  partVersion: bits(4, 3, 0),
  maximumRate: bits(5, 3, 0),
  layerType: bits(6, 3, 0),
  start: u24(9),
  end: u24(13),
});
const structureEntry = layout("MMC-5 §6.23.3", 4, { format: u8(0), readable: flag(1, 6), length: u16(2) });
const firstSector = 0x03_0000;
const rateNotSpecified = 0xf;

function readDiscStructure(task: ScsiTask, unit: LogicalUnit): void {
  const { mediaType, layer, format, allocationLength } = readDiscStructureCdb.decode(task.cdb);
  if (mediaType !== 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 3 } });
  if (isCd(unit)) throw new ScsiError(sense.incompatibleFormat);
  if (layer !== 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 6 } });
  answer(task, structureOf(format, unit), allocationLength);
}

function structureOf(format: number, unit: LogicalUnit): Uint8Array {
  if (format === structure.list) return structureList();
  const size = structureSizes[format];
  if (size === undefined) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 7 } });
  const data = structureHeader.encode({ length: size - 2 }, new Uint8Array(size));
  if (format !== structure.physical) return data;
  return physicalFormat.encode({
    length: size - 2,
    partVersion: 1,
    maximumRate: rateNotSpecified,
    layerType: 1,
    start: firstSector,
    end: firstSector + unit.blocks - 1,
  });
}

function structureList(): Uint8Array {
  const entries = Object.entries(structureSizes);
  const data = new Uint8Array(structureHeader.size + entries.length * structureEntry.size);
  structureHeader.encode({ length: data.length - 2 }, data);
  entries.forEach(([format, length], index) => {
    const at = structureHeader.size + index * structureEntry.size;
    structureEntry.encode({ format: Number(format), readable: true, length }, data, at);
  });
  return data;
}
