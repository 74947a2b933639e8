/**
 * Mode pages as a table: what they are called, what they say by default, and which bits MODE SELECT may change.
 *
 * @module
 */

import { bits, flag, layout, u16, u32, u8 } from "../bytes/layout.ts";
import { driveSpeed } from "./disc.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { changeableThresholds, defaultThresholds, hasThresholds, thresholdPage } from "./threshold_page.ts";

/** Which values MODE SENSE asks for, as PC numbers them (SPC-5 §6.14). */
export const pageControl = { current: 0, changeable: 1, default: 2, saved: 3 } as const;

/** A mode page: its address, and its bytes from the page code on. */
export interface ModePage {
  readonly name: string;
  readonly spec: string;
  readonly page: number;
  /** 0 for a page without subpages. */
  readonly subpage: number;
  /** Whether a logical unit has the page; absent for all. */
  supported?(unit: LogicalUnit): boolean;
  /** The default values. */
  defaults(unit: LogicalUnit): Uint8Array;
  /** Ones for the bits that MODE SELECT may change. */
  changeable(unit: LogicalUnit): Uint8Array;
}

/** The Read-Write Error Recovery mode page. */
export const errorRecoveryPage = layout("SBC-4", 12, {
  page: u8(0),
  length: u8(1),
  automaticWriteReallocation: flag(2, 7),
  automaticReadReallocation: flag(2, 6),
  readRetries: u8(3),
  provisioningErrors: flag(7, 7),
  writeRetries: u8(8),
  recoveryTimeLimit: u16(10),
});

/** The Disconnect-Reconnect mode page; iSCSI gives its fields no meaning. */
export const disconnectReconnectPage = layout("SPC-5", 16, { page: u8(0), length: u8(1) });

/** The Caching mode page. */
export const cachingPage = layout("SBC-4", 20, {
  page: u8(0),
  length: u8(1),
  writeCacheEnable: flag(2, 2),
  readCacheDisable: flag(2, 0),
  disablePrefetchTransferLength: u16(4),
  maximumPrefetch: u16(8),
  maximumPrefetchCeiling: u16(10),
});

/** The Control mode page. */
export const controlPage = layout("SPC-5 §7.5.11", 12, {
  page: u8(0),
  length: u8(1),
  taskSetType: bits(2, 7, 5),
  descriptorSense: flag(2, 2),
  globalLogSaveDisable: flag(2, 1),
  queueAlgorithmModifier: bits(3, 7, 4),
  queueErrorManagement: bits(3, 2, 1),
  softwareWriteProtect: flag(4, 3),
  taskAbortedStatus: flag(5, 6),
  busyTimeoutPeriod: u16(8),
  selfTestTime: u16(10),
});

/** The Control Extension mode page. */
export const controlExtensionPage = layout("SPC-5", 32, {
  page: u8(0),
  subpage: u8(1),
  length: u16(2),
  timestampChangeableOutside: flag(4, 2),
  scsiPrecedence: flag(4, 1),
  implicitAccessEnabled: flag(4, 0),
  maximumSenseDataLength: u8(6),
});

/** The Power Condition mode page. */
export const powerConditionPage = layout("SPC-5", 40, { page: u8(0), length: u8(1) });

/** The Informational Exceptions Control mode page. */
export const exceptionsPage = layout("SBC-4", 12, {
  page: u8(0),
  length: u8(1),
  disableExceptionControl: flag(2, 3),
  methodOfReporting: bits(3, 3, 0),
  intervalTimer: u32(4),
  reportCount: u32(8),
});

/** The CD/DVD Capabilities and Mechanical Status mode page; the descriptors of write speeds that may follow do not. */
export const capabilitiesPage = layout("MMC-3 §6.3.11", 32, {
  page: u8(0),
  length: u8(1),
  readsDvdRom: flag(2, 3),
  mediaCatalogueNumber: flag(5, 6),
  recordingCode: flag(5, 5),
  errorFlags: flag(5, 4),
  mechanism: bits(6, 7, 5),
  eject: flag(6, 3),
  lock: flag(6, 0),
  maximumSpeed: u16(8),
  bufferSize: u16(12),
  currentSpeed: u16(14),
});

const drawer = 1;

/** Only when REQUEST SENSE asks (SPC-5). */
const onRequestOnly = 6;

/** The pages that this device server has, ascending. */
export const modePages: readonly ModePage[] = [
  {
    name: "Read-Write Error Recovery",
    spec: errorRecoveryPage.spec,
    page: 0x01,
    subpage: 0x00,
    // Whatever keeps the blocks recovers by itself, and tells nobody how often it tries. Thresholds that somebody enables
    // are told of (LBPERE), unless somebody says not to.
    defaults: (unit) => errorRecoveryPage.encode({ page: 0x01, length: 0x0a, provisioningErrors: hasThresholds(unit) }),
    changeable: (unit) =>
      errorRecoveryPage.encode({ page: 0x01, length: 0x0a, provisioningErrors: hasThresholds(unit) }),
  },
  {
    name: "Disconnect-Reconnect",
    spec: disconnectReconnectPage.spec,
    page: 0x02,
    subpage: 0x00,
    defaults: () => disconnectReconnectPage.encode({ page: 0x02, length: 0x0e }),
    changeable: () => disconnectReconnectPage.encode({ page: 0x02, length: 0x0e }),
  },
  {
    name: "Caching",
    spec: cachingPage.spec,
    page: 0x08,
    subpage: 0x00,
    supported: ({ kind }) => kind === "disk",
    defaults: ({ store }) =>
      cachingPage.encode({ page: 0x08, length: 0x12, writeCacheEnable: store.capabilities.volatileCache }),
    // Without a cache there is nothing to enable.
    changeable: ({ store }) =>
      cachingPage.encode({ page: 0x08, length: 0x12, writeCacheEnable: store.capabilities.volatileCache }),
  },
  {
    name: "Control",
    spec: controlPage.spec,
    page: 0x0a,
    subpage: 0x00,
    // One task set for all (TST), whose SIMPLE tasks may overtake each other (QUEUE ALGORITHM MODIFIER) and end alone
    // (QERR); aborted ones end without status (TAS).
    defaults: () =>
      controlPage.encode({ page: 0x0a, length: 0x0a, globalLogSaveDisable: true, queueAlgorithmModifier: 1 }),
    changeable: () =>
      controlPage.encode({ page: 0x0a, length: 0x0a, descriptorSense: true, softwareWriteProtect: true }),
  },
  {
    name: "Control Extension",
    spec: controlExtensionPage.spec,
    page: 0x0a,
    subpage: 0x01,
    // The page code's byte carries SPF, which tells the long header (SPC-5).
    defaults: ({ portGroups }) =>
      controlExtensionPage.encode({
        page: 0x4a,
        subpage: 0x01,
        length: 0x1c,
        timestampChangeableOutside: true,
        scsiPrecedence: true,
        implicitAccessEnabled: portGroups?.implicit ?? false,
      }),
    // Who changes states explicitly may want nobody else to (SPC-5).
    changeable: ({ portGroups }) =>
      controlExtensionPage.encode({
        page: 0x4a,
        subpage: 0x01,
        length: 0x1c,
        implicitAccessEnabled: portGroups?.support === 3,
      }),
  },
  {
    name: "Power Condition",
    spec: powerConditionPage.spec,
    page: 0x1a,
    subpage: 0x00,
    defaults: () => powerConditionPage.encode({ page: 0x1a, length: 0x26 }),
    changeable: () => powerConditionPage.encode({ page: 0x1a, length: 0x26 }),
  },
  {
    name: "Informational Exceptions Control",
    spec: exceptionsPage.spec,
    page: 0x1c,
    subpage: 0x00,
    defaults: () => exceptionsPage.encode({ page: 0x1c, length: 0x0a, methodOfReporting: onRequestOnly }),
    changeable: () => exceptionsPage.encode({ page: 0x1c, length: 0x0a }),
  },
  {
    name: "Logical Block Provisioning",
    spec: thresholdPage.spec,
    page: 0x1c,
    subpage: 0x02,
    supported: hasThresholds,
    defaults: defaultThresholds,
    changeable: changeableThresholds,
  },
  {
    name: "CD/DVD Capabilities and Mechanical Status",
    spec: capabilitiesPage.spec,
    page: 0x2a,
    subpage: 0x00,
    supported: ({ kind }) => kind === "cdrom",
    defaults: () =>
      capabilitiesPage.encode({
        page: 0x2a,
        length: 0x1e,
        readsDvdRom: true,
        mediaCatalogueNumber: true,
        recordingCode: true,
        errorFlags: true,
        mechanism: drawer,
        eject: true,
        lock: true,
        maximumSpeed: driveSpeed,
        bufferSize: 256,
        currentSpeed: driveSpeed,
      }),
    changeable: () => capabilitiesPage.encode({ page: 0x2a, length: 0x1e }),
  },
];

/** The index of a page in {@link modePages}. Throws a `RangeError` when there is none. */
export function modePageIndex(page: number, subpage = 0): number {
  const index = modePages.findIndex((row) => row.page === page && row.subpage === subpage);
  if (index < 0) throw new RangeError(`Cannot find mode page ${page}/${subpage}: there is none`);
  return index;
}
