/**
 * MODE SENSE (6) and (10).
 *
 * @module
 */

import { flag, layout, u16, u24, u32, u64, u8 } from "../../bytes/layout.ts";
import { modeSense10Cdb, modeSense6Cdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { type ModePage, modePages, pageControl } from "../mode_pages.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** Mode parameter header (6). */
export const modeHeader6 = layout("SPC-4 §7.5.5", 4, {
  dataLength: u8(0),
  writeProtect: flag(2, 7),
  dpoFua: flag(2, 4),
  blockDescriptorLength: u8(3),
});

/** Mode parameter header (10). */
export const modeHeader10 = layout("SPC-4 §7.5.5", 8, {
  dataLength: u16(0),
  writeProtect: flag(3, 7),
  dpoFua: flag(3, 4),
  longLba: flag(4, 0),
  blockDescriptorLength: u16(6),
});

/** Short LBA mode parameter block descriptor. */
export const shortDescriptor = layout("SBC-3 §6.4.2.2", 8, { blocks: u32(0), blockSize: u24(5) });

/** Long LBA mode parameter block descriptor. */
export const longDescriptor = layout("SBC-3 §6.4.2.3", 16, { blocks: u64(0), blockSize: u32(12) });

/** Page and subpage codes that stand for all of them (SPC-4 §6.13.1). */
const allPages = 0x3f;
const allSubpages = 0xff;
/** Vendor specific and without a format; some initiators ask for it and expect the header alone. */
const noPage = 0x00;

/** The MODE SENSE commands. */
export const modeCommands: readonly Command[] = [
  command({
    name: "MODE SENSE (6)",
    spec: "SPC-4 §6.13",
    usage: "1a 08 ff ff ff 00",
    data: "in",
    access: "free",
    run: modeSense6,
  }),
  command({
    name: "MODE SENSE (10)",
    spec: "SPC-4 §6.14",
    usage: "5a 18 ff ff 00 00 00 ff ff 00",
    data: "in",
    access: "free",
    run: modeSense10,
  }),
];

function modeSense6(task: ScsiTask, unit: LogicalUnit): void {
  const { cdb } = task;
  const pages = selectPages(unit, cdb);
  const descriptor = modeSense6Cdb.disableBlockDescriptors.get(cdb) ? new Uint8Array() : describeBlocks(unit, false);
  const data = new Uint8Array(modeHeader6.size + descriptor.length + totalLength(pages));
  modeHeader6.encode({
    dataLength: data.length - 1,
    writeProtect: unit.writeProtected,
    dpoFua: true,
    blockDescriptorLength: descriptor.length,
  }, data);
  place(data, modeHeader6.size, descriptor, pages);
  answer(task, data, modeSense6Cdb.allocationLength.get(cdb));
}

function modeSense10(task: ScsiTask, unit: LogicalUnit): void {
  const { cdb } = task;
  const pages = selectPages(unit, cdb);
  const disabled = modeSense10Cdb.disableBlockDescriptors.get(cdb);
  const longLba = !disabled && modeSense10Cdb.longLba.get(cdb);
  const descriptor = disabled ? new Uint8Array() : describeBlocks(unit, longLba);
  const data = new Uint8Array(modeHeader10.size + descriptor.length + totalLength(pages));
  modeHeader10.encode({
    dataLength: data.length - 2,
    writeProtect: unit.writeProtected,
    dpoFua: true,
    longLba,
    blockDescriptorLength: descriptor.length,
  }, data);
  place(data, modeHeader10.size, descriptor, pages);
  answer(task, data, modeSense10Cdb.allocationLength.get(cdb));
}

/** The pages that are asked for; both CDBs have these fields in the same place. */
function selectPages(unit: LogicalUnit, cdb: Uint8Array): Uint8Array[] {
  const control = modeSense6Cdb.pageControl.get(cdb);
  const page = modeSense6Cdb.page.get(cdb);
  const subpage = modeSense6Cdb.subpage.get(cdb);
  if (control === pageControl.saved) throw new ScsiError(sense.savingParametersNotSupported);
  if (page === noPage && subpage === 0) return [];
  const selected: Uint8Array[] = [];
  modePages.forEach((row, index) => {
    if (matches(row, page, subpage)) selected.push(unit.modePages.values(index, control));
  });
  if (selected.length > 0) return selected;
  const known = modePages.some((row) => row.page === page) || page === allPages;
  throw new ScsiError(sense.invalidFieldInCdb, { pointer: known ? { byte: 3 } : { byte: 2, bit: 5 } });
}

function matches(row: ModePage, page: number, subpage: number): boolean {
  if (page !== allPages && page !== row.page) return false;
  return subpage === allSubpages || subpage === row.subpage;
}

function describeBlocks(unit: LogicalUnit, long: boolean): Uint8Array {
  const { blocks, blockSize } = unit;
  if (long) return longDescriptor.encode({ blocks, blockSize });
  return shortDescriptor.encode({ blocks: Math.min(blocks, 0xffff_ffff), blockSize });
}

function totalLength(pages: readonly Uint8Array[]): number {
  return pages.reduce((sum, page) => sum + page.length, 0);
}

function place(data: Uint8Array, at: number, descriptor: Uint8Array, pages: readonly Uint8Array[]): void {
  for (const part of [descriptor, ...pages]) {
    data.set(part, at);
    at += part.length;
  }
}
