/**
 * The parameter list of MODE SELECT: checked as a whole before any of it takes effect.
 *
 * Tested in tests/scsi/commands/mode_select_test.ts.
 *
 * @module
 */

import { flag, layout, u16, u24, u32, u64, u8 } from "../bytes/layout.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { type ModePage, modePages, pageControl } from "./mode_pages.ts";
import type { ModeChange } from "./mode_values.ts";
import { sense } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";

/** Mode parameter header (6). */
export const modeHeader6 = layout("SPC-5 §7.5.6", 4, {
  dataLength: u8(0),
  writeProtect: flag(2, 7),
  dpoFua: flag(2, 4),
  blockDescriptorLength: u8(3),
});

/** Mode parameter header (10). */
export const modeHeader10 = layout("SPC-5 §7.5.6", 8, {
  dataLength: u16(0),
  writeProtect: flag(3, 7),
  dpoFua: flag(3, 4),
  longLba: flag(4, 0),
  blockDescriptorLength: u16(6),
});

/** Short LBA mode parameter block descriptor. */
export const shortDescriptor = layout("SBC-4", 8, { blocks: u32(0), blockSize: u24(5) });

/** Long LBA mode parameter block descriptor. */
export const longDescriptor = layout("SBC-4", 16, { blocks: u64(0), blockSize: u32(12) });

const subpageFormat = 0x40;
const parametersSavable = 0x80;
const pageCode = 0x3f;
const mostShortBlocks = 0xffff_ffff;

/**
 * The changes that a parameter list asks for. MODE DATA LENGTH, MEDIUM TYPE and the device-specific parameter are not
 * looked at, nor is PS: initiators send back what MODE SENSE gave them. Throws `ScsiError`.
 *
 * @param ten the list is that of MODE SELECT (10)
 */
export function parseModeList(data: Uint8Array, ten: boolean, unit: LogicalUnit): readonly ModeChange[] {
  const headerSize = ten ? modeHeader10.size : modeHeader6.size;
  need(data, headerSize);
  const described = (ten ? modeHeader10 : modeHeader6).blockDescriptorLength.get(data);
  if (described !== 0) checkDescriptor(data, headerSize, described, ten, unit);
  const changes: ModeChange[] = [];
  let at = headerSize + described;
  while (at < data.length) {
    const change = parsePage(data, at, unit);
    changes.push(change);
    at += change.values.length;
  }
  return changes;
}

/** The medium cannot be given other blocks: what describes them has to say what is so, or nothing (SBC-4). */
function checkDescriptor(data: Uint8Array, at: number, length: number, ten: boolean, unit: LogicalUnit): void {
  const long = ten && modeHeader10.longLba.get(data);
  const descriptor = long ? longDescriptor : shortDescriptor;
  if (length !== descriptor.size) throw invalid((ten ? modeHeader10 : modeHeader6).blockDescriptorLength.offset);
  need(data, at + length);
  const blocks = descriptor.blocks.get(data, at);
  // All ones ask for the highest capacity there is, which is the one there is.
  const whole = long ? blocks >= 2 ** 64 - 1 : blocks === mostShortBlocks;
  if (blocks !== 0 && blocks !== unit.blocks && !whole) throw invalid(at);
  const blockSize = descriptor.blockSize.get(data, at);
  if (blockSize !== 0 && blockSize !== unit.blockSize) throw invalid(at + descriptor.blockSize.offset);
}

function parsePage(data: Uint8Array, at: number, unit: LogicalUnit): ModeChange {
  const code = data[at] as number;
  const long = (code & subpageFormat) !== 0;
  need(data, at + (long ? 4 : 2));
  const page = code & pageCode;
  const subpage = long ? data[at + 1] as number : 0;
  const index = modePages.findIndex((row) => row.page === page && row.subpage === subpage);
  const row = modePages[index];
  if (row === undefined || row.supported?.(unit) === false || long !== (row.subpage !== 0)) {
    throw invalid(at, 5);
  }
  const length = long ? u16(2).get(data, at) + 4 : u8(1).get(data, at) + 2;
  const current = unit.modePages.values(index, pageControl.current);
  if (length !== current.length) throw invalid(at + (long ? 2 : 1));
  need(data, at + length);
  const values = data.slice(at, at + length);
  values[0] = code & ~parametersSavable;
  checkChanges(row, values, current, unit, at);
  return { index, values };
}

/** What cannot be changed has to be as it is (SPC-5 §6.12). */
function checkChanges(row: ModePage, values: Uint8Array, current: Uint8Array, unit: LogicalUnit, at: number): void {
  const changeable = row.changeable(unit);
  for (let i = row.subpage === 0 ? 2 : 4; i < values.length; i++) {
    const wrong = ((values[i] as number) ^ (current[i] as number)) & ~(changeable[i] as number);
    if (wrong !== 0) throw invalid(at + i, 31 - Math.clz32(wrong));
  }
}

/** A list that ends in the middle of something. */
function need(data: Uint8Array, length: number): void {
  if (data.length < length) throw new ScsiError(sense.parameterListLengthError);
}

function invalid(byte: number, bit?: number): ScsiError {
  return new ScsiError(sense.invalidFieldInParameterList, {
    pointer: { byte, inData: true, ...(bit === undefined ? {} : { bit }) },
  });
}
