/**
 * The Logical Block Provisioning mode page: thresholds at which initiators want to be told that space gets short.
 *
 * Tested in tests/scsi/soft_thresholds_test.ts.
 *
 * @module
 */

import { bits, flag, layout, u16, u32, u8 } from "../bytes/layout.ts";
import type { LogicalUnit } from "./logical_unit.ts";

/** The page in front of its descriptors. */
export const thresholdPage = layout("SBC-4", 16, { page: u8(0), subpage: u8(1), length: u16(2) });

/** A threshold descriptor. */
export const thresholdDescriptor = layout("SBC-4", 8, {
  enabled: flag(0, 7),
  type: bits(0, 5, 3),
  arming: bits(0, 2, 0),
  resource: u8(1),
  /** Threshold sets. */
  count: u32(4),
});

/** THRESHOLD ARMING: whether a threshold is reached from above or from below. */
export const thresholdArming = { decreasing: 0, increasing: 1 } as const;

/** THRESHOLD RESOURCE: parameters of the Logical Block Provisioning log page (SBC-4). */
export const thresholdResource = { available: 1, used: 2 } as const;

/** The thresholds that there are, in the order of their descriptors. */
export const thresholds = [
  { resource: thresholdResource.available, arming: thresholdArming.decreasing },
  { resource: thresholdResource.used, arming: thresholdArming.increasing },
] as const;

/** Bytes that a threshold set is made to have, as far as it can: fine for people, and coarse for the store. */
const wantedSetSize = 0x10_0000;

/** Whether thresholds can be kept: only of a thin unit whose store can say how full it is. */
export function hasThresholds({ thin, store }: LogicalUnit): boolean {
  return thin && store.capabilities.space === true;
}

/**
 * THRESHOLD EXPONENT: logical blocks of a threshold set as a power of two; 0 without thresholds. The blocks of the unit
 * make fewer than 2^32 sets (SBC-4).
 */
export function thresholdExponent(unit: LogicalUnit): number {
  if (!hasThresholds(unit)) return 0;
  let exponent = Math.max(1, Math.log2(wantedSetSize / unit.blockSize));
  while (unit.blocks / 2 ** exponent >= 2 ** 32) exponent++;
  return exponent;
}

/** Bytes of a threshold set; of a logical block without thresholds. */
export function thresholdSetSize(unit: LogicalUnit): number {
  return 2 ** thresholdExponent(unit) * unit.blockSize;
}

/** The page's default values: nothing is enabled. */
export function defaultThresholds(): Uint8Array {
  return encode(({ resource, arming }) => ({ resource, arming }));
}

/** The bits of the page that can be changed: which thresholds are enabled, and where they are. */
export function changeableThresholds(): Uint8Array {
  return encode(() => ({ enabled: true, count: 0xffff_ffff }));
}

function encode(
  describe: (threshold: typeof thresholds[number]) => Parameters<typeof thresholdDescriptor.encode>[0],
): Uint8Array {
  const data = new Uint8Array(thresholdPage.size + thresholds.length * thresholdDescriptor.size);
  // The page code's byte carries SPF, as in all pages with a long header.
  thresholdPage.encode({ page: 0x5c, subpage: 0x02, length: data.length - 4 }, data);
  thresholds.forEach((threshold, i) => {
    thresholdDescriptor.encode(describe(threshold), data, thresholdPage.size + i * thresholdDescriptor.size);
  });
  return data;
}
