/**
 * MODE SENSE (6) and (10).
 *
 * @module
 */

import { modeSense10Cdb, modeSense6Cdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { type ModePage, modePages, pageControl } from "../mode_pages.ts";
import { longDescriptor, modeHeader10, modeHeader6, shortDescriptor } from "../mode_select.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** Page and subpage codes that stand for all of them (SPC-5 §6.14). */
const allPages = 0x3f;
const allSubpages = 0xff;
/** Vendor specific and without a format; some initiators ask for it and expect the header alone. */
const noPage = 0x00;
/** PS (SPC-5). */
const parametersSavable = 0x80;

/** The MODE SENSE commands. */
export const modeCommands: readonly Command[] = [
  command({
    name: "MODE SENSE (6)",
    spec: "SPC-5 §6.14",
    usage: "1a 08 ff ff ff 00",
    data: "in",
    access: "read",
    run: modeSense6,
  }),
  command({
    name: "MODE SENSE (10)",
    spec: "SPC-5 §6.15",
    usage: "5a 18 ff ff 00 00 00 ff ff 00",
    data: "in",
    access: "read",
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
    ...deviceSpecific(task, unit),
    blockDescriptorLength: descriptor.length,
  }, data);
  place(data, modeHeader6.size, descriptor, pages, unit.modePages.savable);
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
    ...deviceSpecific(task, unit),
    longLba,
    blockDescriptorLength: descriptor.length,
  }, data);
  place(data, modeHeader10.size, descriptor, pages, unit.modePages.savable);
  answer(task, data, modeSense10Cdb.allocationLength.get(cdb));
}

/** The pages that are asked for; both CDBs have these fields in the same place. */
function selectPages(unit: LogicalUnit, cdb: Uint8Array): Uint8Array[] {
  const control = modeSense6Cdb.pageControl.get(cdb);
  const page = modeSense6Cdb.page.get(cdb);
  const subpage = modeSense6Cdb.subpage.get(cdb);
  if (control === pageControl.saved && !unit.modePages.savable) throw new ScsiError(sense.savingParametersNotSupported);
  if (page === noPage && subpage === 0) return [];
  const selected: Uint8Array[] = [];
  modePages.forEach((row, index) => {
    if (matches(row, unit, page, subpage)) selected.push(unit.modePages.values(index, control));
  });
  if (selected.length > 0) return selected;
  const known = modePages.some((row) => matches(row, unit, page, allSubpages)) || page === allPages;
  throw new ScsiError(sense.invalidFieldInCdb, { pointer: known ? { byte: 3 } : { byte: 2, bit: 5 } });
}

function matches(row: ModePage, unit: LogicalUnit, page: number, subpage: number): boolean {
  if (row.supported?.(unit) === false) return false;
  if (page !== allPages && page !== row.page) return false;
  return subpage === allSubpages || subpage === row.subpage;
}

function describeBlocks(unit: LogicalUnit, long: boolean): Uint8Array {
  const { blocks, blockSize } = unit;
  if (long) return longDescriptor.encode({ blocks, blockSize });
  return shortDescriptor.encode({ blocks: Math.min(blocks, 0xffff_ffff), blockSize });
}

/** Of drives the standard has no device-specific parameter (MMC-5 §7.2). */
function deviceSpecific(task: ScsiTask, unit: LogicalUnit): { writeProtect?: boolean; dpoFua?: boolean } {
  return unit.kind === "disk" ? { writeProtect: unit.writeProtectedFor(task.nexus), dpoFua: true } : {};
}

function totalLength(pages: readonly Uint8Array[]): number {
  return pages.reduce((sum, page) => sum + page.length, 0);
}

function place(
  data: Uint8Array,
  at: number,
  descriptor: Uint8Array,
  pages: readonly Uint8Array[],
  savable: boolean,
): void {
  data.set(descriptor, at);
  at += descriptor.length;
  for (const page of pages) {
    data.set(page, at);
    if (savable) data[at] = (data[at] as number) | parametersSavable;
    at += page.length;
  }
}
