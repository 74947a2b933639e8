/**
 * Sense data on the wire, in fixed and in descriptor format, and the error that carries it.
 *
 * @module
 */

import { bits, flag, layout, u16, u24, u32, u64, u8 } from "../bytes/layout.ts";
import type { SenseCode } from "./sense.ts";

/** Where a field of the CDB or of the parameter list is wrong (SPC-5). */
export interface FieldPointer {
  /** Byte, counted from the start of the CDB or parameter list; 0 to 65535. */
  readonly byte: number;
  /** The leftmost wrong bit, 7 to 0; absent for whole bytes. */
  readonly bit?: number;
  /** The wrong field lies in the parameter list instead of the CDB. */
  readonly inData?: boolean;
}

/** What sense data may say beyond its code. */
export interface SenseDetails {
  /** INFORMATION field: an LBA or an offset, 0 to 2^53. */
  readonly information?: number;
  /** COMMAND-SPECIFIC INFORMATION field, 0 to 2^32 - 1; of a copy the number of the segment (SPC-5). */
  readonly commandSpecific?: number;
  readonly pointer?: FieldPointer;
  /** Done part of a long operation, 0 to 65535 (SPC-5). Not together with `pointer`. */
  readonly progress?: number;
  /** The error belongs to a command that has already ended (SPC-5). */
  readonly deferred?: boolean;
}

/** Ends a command with CHECK CONDITION. */
export class ScsiError extends Error {
  override readonly name = "ScsiError";
  readonly code: SenseCode;
  readonly details: SenseDetails;

  constructor(code: SenseCode, details: SenseDetails = {}) {
    super(`Cannot run the command: ${code.name}`);
    this.code = code;
    this.details = details;
  }
}

/** Fixed format sense data (SPC-5). */
export const fixedSense = layout("SPC-5", 18, {
  valid: flag(0, 7),
  responseCode: bits(0, 6, 0),
  senseKey: bits(2, 3, 0),
  information: u32(3),
  additionalLength: u8(7),
  commandSpecific: u32(8),
  asc: u8(12),
  ascq: u8(13),
  specific: u24(15),
});

/** The header of descriptor format sense data (SPC-5). */
export const descriptorSense = layout("SPC-5", 8, {
  responseCode: bits(0, 6, 0),
  senseKey: bits(1, 3, 0),
  asc: u8(2),
  ascq: u8(3),
  additionalLength: u8(7),
});

const informationDescriptor = layout("SPC-5", 12, {
  type: u8(0),
  additionalLength: u8(1),
  valid: flag(2, 7),
  information: u64(4),
});

const commandDescriptor = layout("SPC-5", 12, {
  type: u8(0),
  additionalLength: u8(1),
  commandSpecific: u64(4),
});

const specificDescriptor = layout("SPC-5", 8, {
  type: u8(0),
  additionalLength: u8(1),
  specific: u24(4),
});

const specificField = layout("SPC-5", 3, {
  valid: flag(0, 7),
  commandData: flag(0, 6),
  bitPointerValid: flag(0, 3),
  bitPointer: bits(0, 2, 0),
  pointer: u16(1),
});

/** Sense data of 18 bytes, or 8 to 40 in descriptor format. */
export function encodeSense(code: SenseCode, details: SenseDetails = {}, descriptors = false): Uint8Array {
  return descriptors ? encodeDescriptors(code, details) : encodeFixed(code, details);
}

function encodeFixed(code: SenseCode, details: SenseDetails): Uint8Array {
  const { information } = details;
  // A value that does not fit makes the field invalid, never a wrong number (SPC-5).
  const fits = information !== undefined && information <= 0xffff_ffff;
  return fixedSense.encode({
    valid: fits,
    responseCode: details.deferred ? 0x71 : 0x70,
    senseKey: code.key,
    information: fits ? information : 0,
    additionalLength: 10,
    commandSpecific: details.commandSpecific ?? 0,
    asc: code.asc,
    ascq: code.ascq,
    specific: encodeSpecific(details),
  });
}

function encodeDescriptors(code: SenseCode, details: SenseDetails): Uint8Array {
  const specific = encodeSpecific(details);
  const informationLength = details.information === undefined ? 0 : informationDescriptor.size;
  const commandLength = details.commandSpecific === undefined ? 0 : commandDescriptor.size;
  const commandAt = descriptorSense.size + informationLength;
  const size = commandAt + commandLength + (specific === 0 ? 0 : specificDescriptor.size);
  const data = new Uint8Array(size);
  descriptorSense.encode({
    responseCode: details.deferred ? 0x73 : 0x72,
    senseKey: code.key,
    asc: code.asc,
    ascq: code.ascq,
    additionalLength: size - descriptorSense.size,
  }, data);
  if (details.information !== undefined) {
    const values = { type: 0x00, additionalLength: 0x0a, valid: true, information: details.information };
    informationDescriptor.encode(values, data, descriptorSense.size);
  }
  if (details.commandSpecific !== undefined) {
    const { commandSpecific } = details;
    commandDescriptor.encode({ type: 0x01, additionalLength: 0x0a, commandSpecific }, data, commandAt);
  }
  if (specific !== 0) {
    specificDescriptor.encode({ type: 0x02, additionalLength: 0x06, specific }, data, commandAt + commandLength);
  }
  return data;
}

function encodeSpecific(details: SenseDetails): number {
  const { pointer, progress } = details;
  const field = new Uint8Array(specificField.size);
  if (pointer !== undefined) {
    specificField.encode({
      valid: true,
      commandData: !pointer.inData,
      bitPointerValid: pointer.bit !== undefined,
      bitPointer: pointer.bit ?? 0,
      pointer: pointer.byte,
    }, field);
  } else if (progress !== undefined) {
    specificField.encode({ valid: true, pointer: progress }, field);
  }
  return u24(0).get(field);
}
