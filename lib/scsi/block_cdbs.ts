/**
 * The CDBs of commands that address blocks, beyond READ, WRITE and VERIFY.
 *
 * @module
 */

import { bits, flag, layout, u16, u32, u64, u8 } from "../bytes/layout.ts";

const wide = {
  opcode: u8(0),
  control: u8(1),
  group: bits(6, 4, 0),
  additionalLength: u8(7),
  serviceAction: u16(8),
};

/** READ, WRITE, VERIFY and WRITE AND VERIFY with 32 bytes. */
export const block32 = layout("SBC-4 §5.19", 32, {
  ...wide,
  dpo: flag(10, 4),
  fua: flag(10, 3),
  bytchk: bits(10, 2, 1),
  lba: u64(12),
  referenceTag: u32(20),
  applicationTag: u16(24),
  applicationTagMask: u16(26),
  blocks: u32(28),
});

/** COMPARE AND WRITE. */
export const compareAndWriteCdb = layout("SBC-4 §5.3", 16, {
  opcode: u8(0),
  dpo: flag(1, 4),
  fua: flag(1, 3),
  lba: u64(2),
  blocks: u8(13),
  group: bits(14, 4, 0),
  control: u8(15),
});

/** WRITE ATOMIC (16). */
export const writeAtomicCdb = layout("SBC-4 §5.48", 16, {
  opcode: u8(0),
  dpo: flag(1, 4),
  fua: flag(1, 3),
  lba: u64(2),
  boundary: u16(10),
  blocks: u16(12),
  group: bits(14, 4, 0),
  control: u8(15),
});

/** ORWRITE (32). */
export const orWrite32Cdb = layout("SBC-4 §5.11", 32, {
  ...wide,
  bitmapOperation: bits(2, 2, 0),
  previousGenerationProcessing: bits(3, 3, 0),
  dpo: flag(10, 4),
  fua: flag(10, 3),
  lba: u64(12),
  expectedGeneration: u32(20),
  newGeneration: u32(24),
  blocks: u32(28),
});

/** WRITE SAME (10). */
export const writeSame10Cdb = layout("SBC-4", 10, {
  opcode: u8(0),
  anchor: flag(1, 4),
  unmap: flag(1, 3),
  lba: u32(2),
  group: bits(6, 4, 0),
  blocks: u16(7),
  control: u8(9),
});

/** WRITE SAME (16). */
export const writeSame16Cdb = layout("SBC-4", 16, {
  opcode: u8(0),
  anchor: flag(1, 4),
  unmap: flag(1, 3),
  noDataOut: flag(1, 0),
  lba: u64(2),
  blocks: u32(10),
  group: bits(14, 4, 0),
  control: u8(15),
});

/** WRITE SAME (32). */
export const writeSame32Cdb = layout("SBC-4", 32, {
  ...wide,
  anchor: flag(10, 4),
  unmap: flag(10, 3),
  noDataOut: flag(10, 0),
  lba: u64(12),
  blocks: u32(28),
});

/** UNMAP. */
export const unmapCdb = layout("SBC-4 §5.35", 10, {
  opcode: u8(0),
  anchor: flag(1, 0),
  group: bits(6, 4, 0),
  parameterListLength: u16(7),
  control: u8(9),
});

/** GET LBA STATUS (16). */
export const getLbaStatus16Cdb = layout("SBC-4 §5.6", 16, {
  opcode: u8(0),
  serviceAction: bits(1, 4, 0),
  lba: u64(2),
  allocationLength: u32(10),
  reportType: u8(14),
  control: u8(15),
});

/** GET LBA STATUS (32). */
export const getLbaStatus32Cdb = layout("SBC-4 §5.7", 32, {
  ...wide,
  reportType: u8(10),
  lba: u64(12),
  scanLength: u32(20),
  elementIdentifier: u32(24),
  allocationLength: u32(28),
});

/** SANITIZE. */
export const sanitizeCdb = layout("SBC-4 §5.30", 10, {
  opcode: u8(0),
  immed: flag(1, 7),
  unrestrictedExit: flag(1, 5),
  serviceAction: bits(1, 4, 0),
  parameterListLength: u16(7),
  control: u8(9),
});

/** FORMAT UNIT. */
export const formatUnitCdb = layout("SBC-4 §5.4", 6, {
  opcode: u8(0),
  protectionInformation: bits(1, 7, 6),
  longList: flag(1, 5),
  formatData: flag(1, 4),
  completeList: flag(1, 3),
  defectListFormat: bits(1, 2, 0),
  control: u8(5),
});

/** READ DEFECT DATA (10). */
export const readDefectData10Cdb = layout("SBC-4 §5.22", 10, {
  opcode: u8(0),
  primaryList: flag(2, 4),
  grownList: flag(2, 3),
  format: bits(2, 2, 0),
  allocationLength: u16(7),
  control: u8(9),
});

/** READ DEFECT DATA (12). */
export const readDefectData12Cdb = layout("SBC-4 §5.23", 12, {
  opcode: u8(0),
  primaryList: flag(1, 4),
  grownList: flag(1, 3),
  format: bits(1, 2, 0),
  addressIndex: u32(2),
  allocationLength: u32(6),
  control: u8(11),
});
