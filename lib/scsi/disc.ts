/**
 * What a disc looks like whose only track is an image of 2048-byte blocks: a CD as long as it fits on one, else a DVD.
 *
 * Tested in tests/scsi/commands/disc_test.ts.
 *
 * @module
 */

import type { LogicalUnit } from "./logical_unit.ts";

/** Bytes of user data in a block of a disc. */
export const discBlockSize = 2048;

/** Blocks of a CD of 80 minutes, the longest one. */
const mostCdBlocks = 80 * 60 * 75;

/** Blocks in front of the first one that has an address: two seconds (MMC-5 §4.2). */
const pregap = 150;

/** Profiles (MMC-5 §5.4). */
export const profiles = { none: 0x0000, cdRom: 0x0008, dvdRom: 0x0010 } as const;

/** The number of a track, or what stands for the end of the last one. */
export const leadOut = 0xaa;

/** The only track, and the session that it is in. */
export const firstTrack = 1;

/** ADR: what follows is a position; CONTROL: of a data track. */
export const dataTrack = { address: 1, control: 4 } as const;

/** The medium is a CD. */
export function isCd(unit: LogicalUnit): boolean {
  return unit.blocks <= mostCdBlocks;
}

/** The profile that is current. */
export function currentProfile(unit: LogicalUnit): number {
  if (!unit.loaded) return profiles.none;
  return isCd(unit) ? profiles.cdRom : profiles.dvdRom;
}

/** Kilobytes a second at which the drive claims to read: a CD at 52 times the speed of sound. It has no other speed. */
export const driveSpeed = 52 * 176;

/** The address of a block as minutes, seconds and frames in the lower three bytes; a DVD's end may lie beyond the last. */
export function toMsf(lba: number): number {
  const frames = lba + pregap;
  const minutes = Math.floor(frames / 4500);
  if (minutes > 0xff) return 0xff3b4a;
  return minutes << 16 | Math.floor(frames / 75) % 60 << 8 | frames % 75;
}

/** The block at minutes, seconds and frames; negative for one in front of the first, `NaN` for a time that is none. */
export function fromMsf(msf: number): number {
  const seconds = msf >> 8 & 0xff;
  const frames = msf & 0xff;
  if (seconds > 59 || frames > 74) return NaN;
  return ((msf >> 16) * 60 + seconds) * 75 + frames - pregap;
}
