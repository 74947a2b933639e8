/**
 * The CDBs of commands that concern the state of a logical unit and not its blocks: which field lies where.
 *
 * @module
 */

import { bits, flag, layout, u16, u24, u32, u64, u8 } from "../bytes/layout.ts";

/** LOG SELECT. */
export const logSelectCdb = layout("SPC-5 §6.8", 10, {
  opcode: u8(0),
  reset: flag(1, 1),
  pageControl: bits(2, 7, 6),
  page: bits(2, 5, 0),
  subpage: u8(3),
  parameterListLength: u16(7),
  control: u8(9),
});

/** LOG SENSE. */
export const logSenseCdb = layout("SPC-5 §6.9", 10, {
  opcode: u8(0),
  pageControl: bits(2, 7, 6),
  page: bits(2, 5, 0),
  subpage: u8(3),
  parameterPointer: u16(5),
  allocationLength: u16(7),
  control: u8(9),
});

/** SEND DIAGNOSTIC. */
export const sendDiagnosticCdb = layout("SPC-5", 6, {
  opcode: u8(0),
  selfTestCode: bits(1, 7, 5),
  pageFormat: flag(1, 4),
  selfTest: flag(1, 2),
  parameterListLength: u16(3),
  control: u8(5),
});

/** RECEIVE DIAGNOSTIC RESULTS. */
export const receiveDiagnosticCdb = layout("SPC-5", 6, {
  opcode: u8(0),
  pageCodeValid: flag(1, 0),
  page: u8(2),
  allocationLength: u16(3),
  control: u8(5),
});

/** READ BUFFER (10) and WRITE BUFFER. */
export const readBufferCdb = layout("SPC-5", 10, {
  opcode: u8(0),
  mode: bits(1, 4, 0),
  buffer: u8(2),
  offset: u24(3),
  length: u24(6),
  control: u8(9),
});

/** READ BUFFER (16). */
export const readBuffer16Cdb = layout("SPC-5", 16, {
  opcode: u8(0),
  mode: bits(1, 4, 0),
  offset: u64(2),
  length: u32(10),
  buffer: u8(14),
  control: u8(15),
});

/** REPORT and SET TIMESTAMP. */
export const timestampCdb = layout("SPC-5 §6.37", 12, {
  opcode: u8(0),
  serviceAction: bits(1, 4, 0),
  length: u32(6),
  control: u8(11),
});

/** REPORT and SET IDENTIFYING INFORMATION. */
export const identifyingCdb = layout("SPC-5 §6.31", 12, {
  opcode: u8(0),
  serviceAction: bits(1, 4, 0),
  length: u32(6),
  type: bits(10, 7, 1),
  control: u8(11),
});

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS. */
export const reportFunctionsCdb = layout("SPC-5 §6.35", 12, {
  opcode: u8(0),
  serviceAction: bits(1, 4, 0),
  extended: flag(2, 7),
  allocationLength: u32(6),
  control: u8(11),
});

/** REPORT and SET TARGET PORT GROUPS. */
export const portGroupsCdb = layout("SPC-5 §6.36", 12, {
  opcode: u8(0),
  format: bits(1, 7, 5),
  serviceAction: bits(1, 4, 0),
  length: u32(6),
  control: u8(11),
});
