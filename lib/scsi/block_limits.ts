/**
 * How much a command may ask for: what the Block Limits VPD page says, and what the commands hold others to.
 *
 * @module
 */

import { sense } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";
import type { LogicalUnit } from "./logical_unit.ts";

/** Bytes that one command may transfer. */
export const longestTransfer = 0x4000_0000;

/** Bytes from the initiator that a command can have in one piece: what every transport here gathers. */
const mostGathered = 0x10_0000;

/** Blocks of one WRITE SAME. */
export const longestWriteSame = 0xffff_ffff;

/** Blocks that one UNMAP may name; this value means any number (SBC-4). */
export const mostUnmapped = 0xffff_ffff;

/** Descriptors of one UNMAP: as many as fit a parameter list. */
export const mostUnmapDescriptors = 4095;

/** The limits of a logical unit, in blocks, as the Block Limits VPD page has them (SBC-4). */
export interface BlockLimits {
  readonly transfer: number;
  readonly compareAndWrite: number;
  /** 0 where WRITE ATOMIC is not served. */
  readonly atomic: number;
  /** OPTIMAL UNMAP GRANULARITY, at least 1. */
  readonly unmapGranularity: number;
  /** UNMAP GRANULARITY ALIGNMENT; `undefined` when it is not at the beginning of a block. */
  readonly unmapAlignment: number | undefined;
}

/** The limits of a logical unit. */
export function blockLimits({ blockSize, store }: LogicalUnit): BlockLimits {
  const { atomicLength = 0, unmapGranularity = 0, unmapAlignment = 0 } = store.capabilities;
  return {
    transfer: longestTransfer / blockSize,
    // Its data is there twice: to compare, and to write.
    compareAndWrite: Math.min(0xff, mostGathered / 2 / blockSize),
    atomic: Math.floor(Math.min(mostGathered, atomicLength) / blockSize),
    unmapGranularity: Math.max(1, Math.ceil(unmapGranularity / blockSize)),
    unmapAlignment: unmapAlignment % blockSize === 0 ? unmapAlignment / blockSize : undefined,
  };
}

/** Refuses a field of the CDB that is above its limit. */
export function checkLimit(value: number, limit: number, field: { readonly offset: number }): void {
  if (value > limit) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: field.offset } });
}
