/**
 * Mode 1 sectors of a CD as they are on the medium: 2048 bytes of user data with what surrounds them, so that a damaged
 * sector is noticed and corrected (ECMA-130, clauses 14 and 16, annex A).
 *
 * @module
 */

import { toMsf } from "./disc.ts";

/** Bytes of a whole sector. */
export const sectorSize = 2352;

/** The parts of a Mode 1 sector: where each begins, and where it ends. A sub-header is what it does not have. */
export const sectorParts = {
  sync: { from: 0, to: 12 },
  header: { from: 12, to: 16 },
  userData: { from: 16, to: 2064 },
  correction: { from: 2064, to: sectorSize },
} as const;

const mode1 = 1;

/** Where the codes for correction begin, which cover all but the sync field; `p` and `q` are their parity bytes. */
const covered = 12;
const p = 2076;
const q = 2248;

/** Byte columns of a P code word, each a code of its own, and the data bytes in one. */
const pCodes = 86;
const pLength = 24;
/** Byte diagonals of a Q code word, the data bytes in one, and the 16-bit words that they wind through. */
const qCodes = 52;
const qLength = 43;
const qWords = 1118;

/** The primitive polynomial of the field with 256 elements: x^8 + x^4 + x^3 + x^2 + 1. */
const fieldPolynomial = 0x11d;
/** (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant coefficient in the most significant bit. */
const detectionPolynomial = 0xd801_8001;

const doubled = Uint8Array.from({ length: 256 }, (_, value) => double(value));
const third = inverted(Uint8Array.from({ length: 256 }, (_, value) => double(value) ^ value));
const detection = Uint32Array.from({ length: 256 }, (_, value) => remainder(value));

/** Surrounds the user data in `sector`, 2352 bytes or more, with what belongs to the block at `lba`. */
export function completeSector(sector: Uint8Array, lba: number): void {
  sector.fill(0xff, sectorParts.sync.from, sectorParts.sync.to);
  sector[sectorParts.sync.from] = sector[sectorParts.sync.to - 1] = 0;
  const msf = toMsf(lba);
  sector[covered] = toBcd(msf >> 16);
  sector[covered + 1] = toBcd(msf >> 8 & 0xff);
  sector[covered + 2] = toBcd(msf & 0xff);
  sector[covered + 3] = mode1;
  putDetection(sector);
  for (let code = 0; code < pCodes; code++) putP(sector, code);
  for (let code = 0; code < qCodes; code++) putQ(sector, code);
}

/** EDC, least significant byte first, and the eight zeros behind it (ECMA-130, clauses 14.3 and 14.4). */
function putDetection(sector: Uint8Array): void {
  let code = 0;
  for (let i = 0; i < sectorParts.correction.from; i++) {
    code = code >>> 8 ^ (detection[(code ^ (sector[i] as number)) & 0xff] as number);
  }
  for (let i = 0; i < 4; i++) sector[sectorParts.correction.from + i] = code >>> 8 * i;
  sector.fill(0, sectorParts.correction.from + 4, p);
}

function putP(sector: Uint8Array, code: number): void {
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < pLength; i++) {
    const value = sector[covered + code + pCodes * i] as number;
    sum ^= value;
    weighted = (doubled[weighted] as number) ^ value;
  }
  putParity(sector, { at: p + code, apart: pCodes }, sum, weighted);
}

/** A Q code goes down a diagonal, one word to the right and one row down at a time, and round at the end. */
function putQ(sector: Uint8Array, code: number): void {
  const row = qLength * (code >> 1);
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < qLength; i++) {
    const value = sector[covered + 2 * ((row + (qLength + 1) * i) % qWords) + (code & 1)] as number;
    sum ^= value;
    weighted = (doubled[weighted] as number) ^ value;
  }
  putParity(sector, { at: q + code, apart: qCodes }, sum, weighted);
}

/**
 * The two bytes that make the sum of a code zero, and also the sum in which each byte weighs twice as much as the next
 * one. `weighted` is that sum over the data, as if its last byte weighed 1.
 */
function putParity(
  sector: Uint8Array,
  { at, apart }: { readonly at: number; readonly apart: number },
  sum: number,
  weighted: number,
): void {
  const shifted = doubled[doubled[weighted] as number] as number;
  const first = third[shifted ^ sum] as number;
  sector[at] = first;
  sector[at + apart] = first ^ sum;
}

function double(value: number): number {
  return value << 1 ^ (value & 0x80 ? fieldPolynomial : 0);
}

/** The table that undoes another. */
function inverted(table: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(table.length);
  table.forEach((value, index) => inverse[value] = index);
  return inverse;
}

function remainder(value: number): number {
  let rest = value;
  for (let bit = 0; bit < 8; bit++) rest = rest >>> 1 ^ (rest & 1 ? detectionPolynomial : 0);
  return rest >>> 0;
}

function toBcd(value: number): number {
  return Math.floor(value / 10) << 4 | value % 10;
}
