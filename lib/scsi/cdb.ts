/**
 * The CDBs by family: which field lies where.
 *
 * @module
 */

import { bits, type Field, flag, layout, readU24, u16, u32, u64, u8 } from "../bytes/layout.ts";

/** Fields that READ, WRITE, VERIFY and their like have in common. */
export interface BlockAddressing {
  /** LOGICAL BLOCK ADDRESS. */
  readonly lba: Field<number>;
  /** TRANSFER LENGTH, VERIFICATION LENGTH or NUMBER OF LOGICAL BLOCKS, in blocks. */
  readonly blocks: Field<number>;
}

const lba21: Field<number> = {
  offset: 1,
  length: 3,
  mask: 0x1f_ffff,
  get: (cdb, base = 0) => readU24(cdb, base + 1) & 0x1f_ffff,
  set: (cdb, value, base = 0) => {
    cdb[base + 1] = ((cdb[base + 1] as number) & 0xe0) | (value >>> 16) & 0x1f;
    u16(2).set(cdb, value, base);
  },
};

/** A transfer length of one byte: 0 means 256. */
const blocks6: Field<number> = {
  offset: 4,
  length: 1,
  get: (cdb, base = 0) => (cdb[base + 4] as number) || 256,
  set: (cdb, value, base = 0) => {
    cdb[base + 4] = value & 0xff;
  },
};

/** READ and WRITE with 6 bytes. */
export const block6 = layout("SBC-2 §5.5", 6, { opcode: u8(0), lba: lba21, blocks: blocks6, control: u8(5) });

const flags = { dpo: flag(1, 4), fua: flag(1, 3), immed: flag(1, 1), bytchk: bits(1, 2, 1) };

/** READ, WRITE, VERIFY and SYNCHRONIZE CACHE with 10 bytes. */
export const block10 = layout("SBC-4 §5.16", 10, {
  opcode: u8(0),
  ...flags,
  lba: u32(2),
  group: bits(6, 4, 0),
  blocks: u16(7),
  control: u8(9),
});

/** READ, WRITE and VERIFY with 12 bytes. */
export const block12 = layout("SBC-4 §5.17", 12, {
  opcode: u8(0),
  ...flags,
  lba: u32(2),
  blocks: u32(6),
  group: bits(10, 4, 0),
  control: u8(11),
});

/** READ, WRITE, VERIFY and SYNCHRONIZE CACHE with 16 bytes. */
export const block16 = layout("SBC-4 §5.18", 16, {
  opcode: u8(0),
  ...flags,
  lba: u64(2),
  blocks: u32(10),
  group: bits(14, 4, 0),
  control: u8(15),
});

/** INQUIRY. */
export const inquiryCdb = layout("SPC-5 §6.7", 6, {
  opcode: u8(0),
  vitalProductData: flag(1, 0),
  page: u8(2),
  allocationLength: u16(3),
  control: u8(5),
});

/** REQUEST SENSE. */
export const requestSenseCdb = layout("SPC-5 §6.38", 6, {
  opcode: u8(0),
  descriptors: flag(1, 0),
  allocationLength: u8(4),
  control: u8(5),
});

/** REPORT LUNS. */
export const reportLunsCdb = layout("SPC-5 §6.32", 12, {
  opcode: u8(0),
  select: u8(2),
  allocationLength: u32(6),
  control: u8(11),
});

/** MODE SENSE (6). */
export const modeSense6Cdb = layout("SPC-5 §6.14", 6, {
  opcode: u8(0),
  disableBlockDescriptors: flag(1, 3),
  pageControl: bits(2, 7, 6),
  page: bits(2, 5, 0),
  subpage: u8(3),
  allocationLength: u8(4),
  control: u8(5),
});

/** MODE SENSE (10). */
export const modeSense10Cdb = layout("SPC-5 §6.15", 10, {
  opcode: u8(0),
  longLba: flag(1, 4),
  disableBlockDescriptors: flag(1, 3),
  pageControl: bits(2, 7, 6),
  page: bits(2, 5, 0),
  subpage: u8(3),
  allocationLength: u16(7),
  control: u8(9),
});

/** MODE SELECT (6). */
export const modeSelect6Cdb = layout("SPC-5 §6.12", 6, {
  opcode: u8(0),
  pageFormat: flag(1, 4),
  savePages: flag(1, 0),
  parameterListLength: u8(4),
  control: u8(5),
});

/** MODE SELECT (10). */
export const modeSelect10Cdb = layout("SPC-5 §6.13", 10, {
  opcode: u8(0),
  pageFormat: flag(1, 4),
  savePages: flag(1, 0),
  parameterListLength: u16(7),
  control: u8(9),
});

/** START STOP UNIT. */
export const startStopCdb = layout("SBC-4 §5.31", 6, {
  opcode: u8(0),
  immed: flag(1, 0),
  powerConditionModifier: bits(3, 3, 0),
  powerCondition: bits(4, 7, 4),
  noFlush: flag(4, 2),
  loadEject: flag(4, 1),
  start: flag(4, 0),
  control: u8(5),
});

/** PREVENT ALLOW MEDIUM REMOVAL. */
export const preventAllowCdb = layout("SBC-4 §5.15", 6, { opcode: u8(0), prevent: bits(4, 1, 0), control: u8(5) });

/** READ CAPACITY (10). */
export const readCapacity10Cdb = layout("SBC-4 §5.20", 10, {
  opcode: u8(0),
  lba: u32(2),
  partialMediumIndicator: flag(8, 0),
  control: u8(9),
});

/** READ CAPACITY (16). */
export const readCapacity16Cdb = layout("SBC-4 §5.21", 16, {
  opcode: u8(0),
  serviceAction: bits(1, 4, 0),
  lba: u64(2),
  allocationLength: u32(10),
  partialMediumIndicator: flag(14, 0),
  control: u8(15),
});

/** REPORT SUPPORTED OPERATION CODES. */
export const reportOpcodesCdb = layout("SPC-5 §6.34", 12, {
  opcode: u8(0),
  serviceAction: bits(1, 4, 0),
  returnTimeouts: flag(2, 7),
  reportingOptions: bits(2, 2, 0),
  requestedOpcode: u8(3),
  requestedServiceAction: u16(4),
  allocationLength: u32(6),
  control: u8(11),
});
