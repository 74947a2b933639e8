/**
 * Vital product data pages, one row each.
 *
 * @module
 */

import { ascii, bits, flag, layout, u16, u24, u32, u64, u8 } from "../bytes/layout.ts";
import { blockLimits, longestWriteSame, mostUnmapDescriptors, mostUnmapped } from "./block_limits.ts";
import { thirdPartyPage } from "./copy/third_party_page.ts";
import { designators, scsiPorts } from "./designators.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { Nexus } from "./nexus.ts";
import { thresholdExponent } from "./threshold_page.ts";
import { deviceTypes } from "./unit_kind.ts";

/** A VPD page: its number and what it says. */
export interface VpdPage {
  readonly page: number;
  readonly name: string;
  readonly spec: string;
  /** Whether a logical unit has the page; absent for all. */
  supported?(unit: LogicalUnit): boolean;
  /** The whole page, header included, or its body behind a header of 4 bytes that is filled in by us. */
  encode(unit: LogicalUnit, nexus: Nexus): Uint8Array;
}

/** The header that every VPD page has. */
export const vpdHeader = layout("SPC-5", 4, {
  peripheralQualifier: bits(0, 7, 5),
  peripheralDeviceType: bits(0, 4, 0),
  page: u8(1),
  length: u16(2),
});

const extendedInquiry = layout("SPC-5", 64, {
  headOfQueueSupported: flag(5, 2),
  orderedSupported: flag(5, 1),
  simpleSupported: flag(5, 0),
  volatileCacheSupported: flag(6, 0),
  lunsChangedClears: flag(7, 0),
});

/** Block Limits. */
export const blockLimitsPage = layout("SBC-4", 64, {
  writeSameNonZero: flag(4, 0),
  maximumCompareAndWriteLength: u8(5),
  optimalTransferLengthGranularity: u16(6),
  maximumTransferLength: u32(8),
  optimalTransferLength: u32(12),
  maximumPrefetchLength: u32(16),
  maximumUnmapLbaCount: u32(20),
  maximumUnmapDescriptorCount: u32(24),
  optimalUnmapGranularity: u32(28),
  unmapAlignmentValid: flag(32, 7),
  /** It has 31 bits; those in front of these are never needed. */
  unmapAlignment: u24(33),
  maximumWriteSameLength: u64(36),
  maximumAtomicTransferLength: u32(44),
  atomicAlignment: u32(48),
  atomicTransferLengthGranularity: u32(52),
  maximumAtomicTransferLengthWithBoundary: u32(56),
  maximumAtomicBoundarySize: u32(60),
});

/** One descriptor for all mode pages: each has the same values for every initiator. */
const modePagePolicy = layout("SPC-5", 8, { page: bits(4, 5, 0), subpage: u8(5), policy: bits(6, 1, 0) });
const allModePages = 0x3f;
const allSubpages = 0xff;
const shared = 0;

const featureSets = layout("SPC-5", 10, { first: u16(8) });
/** SPC Discovery 2016: what initiators need to find their way (SPC-5). */
const discovery2016 = 0x0001;

const blockCharacteristics = layout("SBC-4", 64, {
  rotationRate: u16(4),
  writeAfterBlockErase: bits(7, 7, 6),
  writeAfterCryptographicErase: bits(7, 5, 4),
});

/** Logical Block Provisioning. */
export const provisioningPage = layout("SBC-4", 8, {
  thresholdExponent: u8(4),
  unmap: flag(5, 7),
  writeSame16Unmaps: flag(5, 6),
  writeSame10Unmaps: flag(5, 5),
  readsZeros: bits(5, 4, 2),
  anchors: flag(5, 1),
  provisioningType: bits(6, 2, 0),
});

/** PROVISIONING TYPE (SBC-4). */
const provisioningType = { full: 0, thin: 2 } as const;

/** WABEREQ: blocks that nobody has written since a block erase can be read (SBC-4). */
const readableAfterErase = 1;

/** MEDIUM ROTATION RATE: non-rotating, or turns a minute of an ordinary disk. */
const rotationRate = { none: 1, disk: 7200 } as const;

/** The page of a number for one nexus, or `undefined` when there is none. */
export function vitalProductData(page: number, unit: LogicalUnit, nexus: Nexus): Uint8Array | undefined {
  const row = vpdPages.find((candidate) => candidate.page === page);
  if (row === undefined || row.supported?.(unit) === false) return undefined;
  return withHeader(page, row.encode(unit, nexus), deviceTypes[unit.kind]);
}

/** Supported VPD Pages with these numbers. */
export function supportedPages(pages: readonly number[]): Uint8Array {
  const data = new Uint8Array(vpdHeader.size + pages.length);
  data.set(pages, vpdHeader.size);
  return withHeader(0x00, data);
}

function encodeLimits(unit: LogicalUnit): Uint8Array {
  const limits = blockLimits(unit);
  const { thin } = unit;
  return blockLimitsPage.encode({
    maximumCompareAndWriteLength: limits.compareAndWrite,
    optimalTransferLengthGranularity: 2 ** unit.physicalBlockExponent,
    maximumTransferLength: limits.transfer,
    maximumUnmapLbaCount: thin ? mostUnmapped : 0,
    maximumUnmapDescriptorCount: thin ? mostUnmapDescriptors : 0,
    optimalUnmapGranularity: thin ? limits.unmapGranularity : 0,
    unmapAlignmentValid: thin && limits.unmapAlignment !== undefined,
    unmapAlignment: thin ? limits.unmapAlignment ?? 0 : 0,
    maximumWriteSameLength: longestWriteSame,
    maximumAtomicTransferLength: limits.atomic,
  });
}

/** Fills in the header of a page, whose bytes are left blank. */
export function withHeader(page: number, data: Uint8Array, peripheralDeviceType = deviceTypes.disk): Uint8Array {
  return vpdHeader.encode({ peripheralDeviceType, page, length: data.length - vpdHeader.size }, data);
}

function isDisk({ kind }: LogicalUnit): boolean {
  return kind === "disk";
}

/** All pages, ascending: Windows reads no further than the first that is out of order. */
export const vpdPages: readonly VpdPage[] = [
  {
    page: 0x00,
    name: "Supported VPD Pages",
    spec: "SPC-5",
    encode: (unit) => supportedPages(vpdPages.filter((row) => row.supported?.(unit) ?? true).map(({ page }) => page)),
  },
  {
    page: 0x80,
    name: "Unit Serial Number",
    spec: "SPC-5",
    encode({ identity: { serial } }) {
      const data = new Uint8Array(vpdHeader.size + serial.length);
      ascii(vpdHeader.size, serial.length).set(data, serial);
      return data;
    },
  },
  {
    page: 0x83,
    name: "Device Identification",
    spec: "SPC-5",
    encode: designators,
  },
  {
    page: 0x86,
    name: "Extended INQUIRY Data",
    spec: "SPC-5",
    encode: (unit) =>
      extendedInquiry.encode({
        headOfQueueSupported: true,
        orderedSupported: true,
        simpleSupported: true,
        volatileCacheSupported: unit.store.capabilities.volatileCache,
        lunsChangedClears: true,
      }),
  },
  {
    page: 0x87,
    name: "Mode Page Policy",
    spec: "SPC-5",
    encode: () => modePagePolicy.encode({ page: allModePages, subpage: allSubpages, policy: shared }),
  },
  {
    page: 0x88,
    name: "SCSI Ports",
    spec: "SPC-5",
    encode: scsiPorts,
  },
  {
    page: 0x8f,
    name: "Third-Party Copy",
    spec: "SPC-5",
    supported: isDisk,
    encode: ({ blockSize }) => thirdPartyPage(blockSize),
  },
  {
    page: 0x92,
    name: "SCSI Feature Sets",
    spec: "SPC-5",
    encode: () => featureSets.encode({ first: discovery2016 }),
  },
  {
    page: 0xb0,
    name: "Block Limits",
    spec: "SBC-4",
    supported: isDisk,
    encode: encodeLimits,
  },
  {
    page: 0xb1,
    name: "Block Device Characteristics",
    spec: "SBC-4",
    supported: isDisk,
    encode: ({ store, thin }) =>
      blockCharacteristics.encode({
        rotationRate: store.capabilities.rotational ? rotationRate.disk : rotationRate.none,
        writeAfterBlockErase: thin ? readableAfterErase : 0,
      }),
  },
  {
    page: 0xb2,
    name: "Logical Block Provisioning",
    spec: "SBC-4",
    supported: isDisk,
    encode(unit) {
      const { thin } = unit;
      return provisioningPage.encode({
        thresholdExponent: thresholdExponent(unit),
        unmap: thin,
        writeSame16Unmaps: thin,
        writeSame10Unmaps: thin,
        readsZeros: thin ? 1 : 0,
        provisioningType: thin ? provisioningType.thin : provisioningType.full,
      });
    },
  },
];
