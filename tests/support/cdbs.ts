/**
 * The commands of protocol stories.
 *
 * @module
 */

import { writeU16, writeU32 } from "../../lib/bytes/layout.ts";

/** TEST UNIT READY. */
export const testUnitReady: Uint8Array = new Uint8Array(6);

/** READ CAPACITY (10). */
export const readCapacity: Uint8Array = Uint8Array.of(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** INQUIRY with an allocation length. */
export function inquiry(allocationLength: number): Uint8Array {
  const cdb = Uint8Array.of(0x12, 0, 0, 0, 0, 0);
  writeU16(cdb, 3, allocationLength);
  return cdb;
}

/** REPORT LUNS with an allocation length. */
export function reportLuns(allocationLength: number): Uint8Array {
  const cdb = new Uint8Array(12);
  cdb[0] = 0xa0;
  writeU32(cdb, 6, allocationLength);
  return cdb;
}

/** READ (10). */
export function read10(lba: number, blocks: number): Uint8Array {
  return block10(0x28, lba, blocks);
}

/** WRITE (10). */
export function write10(lba: number, blocks: number): Uint8Array {
  return block10(0x2a, lba, blocks);
}

/** Bytes that tell where they come from. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 7 + (i >>> 8) * 13 + seed;
  return bytes;
}

function block10(opcode: number, lba: number, blocks: number): Uint8Array {
  const cdb = new Uint8Array(10);
  cdb[0] = opcode;
  writeU32(cdb, 2, lba);
  writeU16(cdb, 7, blocks);
  return cdb;
}
