/**
 * The formats of third-party copy: parameter lists, descriptors and results.
 *
 * @table
 *
 * @module
 */

import { bits, bytes, flag, layout, u16, u24, u32, u64, u8 } from "../../bytes/layout.ts";

/** EXTENDED COPY and its relatives. */
export const copyCdb = layout("SPC-5", 16, { parameterListLength: u32(10) });

/** POPULATE TOKEN, WRITE USING TOKEN, COPY OPERATION ABORT. */
export const tokenCdb = layout("SBC-4 §5.12", 16, { listId: u32(2), longListId: u32(6), parameterListLength: u32(10) });

/** RECEIVE COPY STATUS (LID1) and the others with a list identifier of one byte. */
export const resultsCdb = layout("SPC-5", 16, { listId: u8(2), longListId: u32(2), allocationLength: u32(10) });

/** The header of an EXTENDED COPY (LID1) parameter list. */
export const shortListHeader = layout("SPC-4", 16, {
  listId: u8(0),
  strict: flag(1, 5),
  listIdUsage: bits(1, 4, 3),
  descriptorsLength: u16(2),
  segmentsLength: u32(8),
  inlineLength: u32(12),
});

/** The header of an EXTENDED COPY (LID4) parameter list. */
export const longListHeader = layout("SPC-5 §6.6", 48, {
  format: u8(0),
  strict: flag(1, 5),
  listIdUsage: bits(1, 4, 3),
  headerDescriptorLength: u16(2),
  guaranteedSense: flag(15, 1),
  immediate: flag(15, 0),
  headerDescriptorType: u8(16),
  listId: u32(20),
  descriptorsLength: u16(42),
  segmentsLength: u16(44),
  inlineLength: u16(46),
});

/** PARAMETER LIST FORMAT of LID4 (SPC-5 §6.6). */
export const longListFormat = 0x01;

/**
 * An identification CSCD descriptor: a logical unit by one of its designators. LU ID TYPE and NUL of SPC-3 are obsolete and
 * ignored.
 */
export const identification = layout("SPC-5 §6.6.5.6", 32, {
  type: u8(0),
  deviceType: bits(1, 4, 0),
  codeSet: bits(4, 3, 0),
  association: bits(5, 5, 4),
  designatorType: bits(5, 3, 0),
  designatorLength: u8(7),
  designator: bytes(8, 20),
  blockLength: u24(29),
});

/** HEADER CSCD DESCRIPTOR LIST LENGTH and TYPE CODE of LID4 (SPC-5 §6.6). */
export const longListHeaderDescriptor = { length: 0x20, type: 0xff } as const;

/** DESCRIPTOR TYPE CODE of an identification CSCD descriptor (SPC-5). */
export const identificationType = 0xe4;

/** CSCD ID of the logical unit that was asked (SPC-5). */
export const askedUnit = 0xffff;

/** A block device to block device segment. */
export const blockSegment = layout("SPC-5", 28, {
  type: u8(0),
  destinationCount: flag(1, 1),
  concatenate: flag(1, 0),
  length: u16(2),
  source: u16(4),
  destination: u16(6),
  blocks: u16(10),
  sourceLba: u64(12),
  destinationLba: u64(20),
});

/** DESCRIPTOR TYPE CODE of a block device to block device segment (SPC-5). */
export const blockSegmentType = 0x02;

/** RECEIVE COPY OPERATING PARAMETERS data. */
export const operatingParameters = layout("SPC-4", 46, {
  available: u32(0),
  supportsNoListId: flag(4, 0),
  mostDescriptors: u16(8),
  mostSegments: u16(10),
  longestDescriptors: u32(12),
  longestSegment: u32(16),
  longestInline: u32(20),
  heldData: u32(24),
  concurrentCopies: u16(34),
  mostConcurrentCopies: u8(36),
  segmentGranularity: u8(37),
  inlineGranularity: u8(38),
  heldDataGranularity: u8(39),
  typesLength: u8(43),
  type1: u8(44),
  type2: u8(45),
});

/** RECEIVE COPY STATUS (LID1) data. */
export const shortStatus = layout("SPC-4", 12, {
  available: u32(0),
  held: flag(4, 7),
  status: bits(4, 6, 0),
  segments: u16(5),
  units: u8(7),
  transferred: u32(8),
});

/** RECEIVE COPY FAILURE DETAILS (LID1) data, without the sense data behind it. */
export const failureDetails = layout("SPC-4", 60, { available: u32(0), status: u8(56), senseLength: u16(58) });

/** RECEIVE COPY STATUS (LID4) and RECEIVE ROD TOKEN INFORMATION data, without the sense data behind it. */
export const longStatus = layout("SPC-5", 32, {
  available: u32(0),
  serviceAction: bits(4, 4, 0),
  held: flag(5, 7),
  status: bits(5, 6, 0),
  operations: u16(6),
  statusDelay: u32(8),
  completionStatus: u8(12),
  senseField: u8(13),
  senseLength: u8(14),
  units: u8(15),
  transferred: u64(16),
  segments: u16(24),
});

/** COPY OPERATION STATUS (SPC-5). */
export const copyStatus = {
  completed: 0x01,
  failed: 0x02,
  /** A token did not hold as much as was to be written. */
  residual: 0x03,
  foreground: 0x11,
  background: 0x12,
  terminated: 0x60,
} as const;

/** COPY COMMAND STATUS (SPC-4). */
export const shortCopyStatus = { inProgress: 0x00, completed: 0x01, failed: 0x02 } as const;

/** TRANSFER COUNT UNITS (SPC-5, SBC-4). */
export const transferUnits = { bytes: 0x00, kibibytes: 0x01, blocks: 0xf1 } as const;

/** The header of a POPULATE TOKEN parameter list; range descriptors follow. */
export const populateList = layout("SBC-4 §5.12", 16, {
  dataLength: u16(0),
  typeValid: flag(2, 1),
  immediate: flag(2, 0),
  inactivityTimeout: u32(4),
  rodType: u32(8),
  rangesLength: u16(14),
});

/** The header of a WRITE USING TOKEN parameter list; range descriptors follow. */
export const useList = layout("SBC-4", 536, {
  dataLength: u16(0),
  deleteToken: flag(2, 1),
  immediate: flag(2, 0),
  offset: u64(8),
  token: bytes(16, 512),
  rangesLength: u16(534),
});

/** A block device range descriptor. */
export const rangeDescriptor = layout("SBC-4 §5.12", 16, { lba: u64(0), blocks: u32(8) });

/** A ROD token of 512 bytes. */
export const rodToken = layout("SPC-5", 512, {
  type: u32(0),
  length: u16(6),
  identifier: u64(8),
  creator: bytes(16, 32),
  /** BYTES REPRESENTED has 16 bytes; the first eight are zero. */
  bytesRepresented: u64(56),
  blockLength: u32(96),
  /** TARGET DEVICE DESCRIPTOR. */
  device: bytes(128, 128),
  /** EXTENDED ROD TOKEN DATA. */
  secret: bytes(256, 256),
});

/** ROD TOKEN LENGTH (SPC-5). */
export const rodTokenLength = 0x01f8;

/** ROD TYPE (SPC-5). */
export const rodType = { changeVulnerable: 0x0080_0001, anyPointInTime: 0x0080_ffff, zero: 0xffff_0001 } as const;
