/**
 * Mode pages: a table of pages, and the values that one logical unit has in them.
 *
 * @module
 */

import { flag, layout, u16, u8 } from "../bytes/layout.ts";
import type { LogicalUnit } from "./logical_unit.ts";

/** Which values MODE SENSE asks for, as PC numbers them (SPC-4 §6.13.1). */
export const pageControl = { current: 0, changeable: 1, default: 2, saved: 3 } as const;

/** A mode page: its address, and its bytes from the page code on. */
export interface ModePage {
  readonly name: string;
  readonly spec: string;
  readonly page: number;
  /** 0 for a page without subpages. */
  readonly subpage: number;
  /** The default values. */
  defaults(unit: LogicalUnit): Uint8Array;
  /** Ones for the bits that MODE SELECT may change. */
  readonly changeable: Uint8Array;
}

/** The Caching mode page. */
export const cachingPage = layout("SBC-3 §6.4.5", 20, {
  page: u8(0),
  length: u8(1),
  writeCacheEnable: flag(2, 2),
  readCacheDisable: flag(2, 0),
  disablePrefetchTransferLength: u16(4),
  maximumPrefetch: u16(8),
  maximumPrefetchCeiling: u16(10),
});

/** The Control mode page. */
export const controlPage = layout("SPC-4 §7.5.8", 12, {
  page: u8(0),
  length: u8(1),
  descriptorSense: flag(2, 2),
  globalLogSave: flag(2, 1),
  softwareWriteProtect: flag(4, 3),
  taskAbortedStatus: flag(5, 6),
  busyTimeoutPeriod: u16(8),
  selfTestTime: u16(10),
});

/** The Control Extension mode page. */
export const controlExtensionPage = layout("SPC-4 §7.5.9", 32, {
  page: u8(0),
  subpage: u8(1),
  length: u16(2),
  maximumSenseDataLength: u8(6),
});

/** The Informational Exceptions Control mode page. */
export const exceptionsPage = layout("SBC-3 §6.4.6", 12, {
  page: u8(0),
  length: u8(1),
  disableExceptionControl: flag(2, 3),
  methodOfReporting: u8(3),
});

/** The state of a logical unit's mode pages. */
export class ModePages {
  readonly #unit: LogicalUnit;
  readonly #current: Uint8Array[];

  constructor(unit: LogicalUnit) {
    this.#unit = unit;
    this.#current = modePages.map((page) => page.defaults(unit));
  }

  /** Sense data goes out in descriptor format (D_SENSE). */
  get descriptorSense(): boolean {
    return controlPage.descriptorSense.get(this.#at(controlIndex));
  }

  /** The initiator has protected the medium against writes (SWP). */
  get softwareWriteProtect(): boolean {
    return controlPage.softwareWriteProtect.get(this.#at(controlIndex));
  }

  /** Writes may stay in the volatile cache (WCE). */
  get writeCache(): boolean {
    return cachingPage.writeCacheEnable.get(this.#at(cachingIndex));
  }

  /** The bytes of the table's page at `index` for one of {@link pageControl}; `saved` is none of them. */
  values(index: number, control: number): Uint8Array {
    const page = modePages[index] as ModePage;
    if (control === pageControl.changeable) return page.changeable;
    return control === pageControl.default ? page.defaults(this.#unit) : this.#at(index);
  }

  /** Sets the current values of a page; the caller has checked them. */
  set(index: number, values: Uint8Array): void {
    this.#current[index] = values;
  }

  /** Back to the default values. */
  reset(): void {
    for (let i = 0; i < modePages.length; i++) this.#current[i] = (modePages[i] as ModePage).defaults(this.#unit);
  }

  #at(index: number): Uint8Array {
    return this.#current[index] as Uint8Array;
  }
}

const cachingIndex = 0;
const controlIndex = 1;

/** The pages that this device server has, ascending. */
export const modePages: readonly ModePage[] = [
  {
    name: "Caching",
    spec: cachingPage.spec,
    page: 0x08,
    subpage: 0x00,
    defaults: (unit) =>
      cachingPage.encode({ page: 0x08, length: 0x12, writeCacheEnable: unit.store.capabilities.volatileCache }),
    changeable: cachingPage.encode({ page: 0x08, length: 0x12 }),
  },
  {
    name: "Control",
    spec: controlPage.spec,
    page: 0x0a,
    subpage: 0x00,
    defaults: () => controlPage.encode({ page: 0x0a, length: 0x0a }),
    changeable: controlPage.encode({ page: 0x0a, length: 0x0a }),
  },
  {
    name: "Control Extension",
    spec: controlExtensionPage.spec,
    page: 0x0a,
    subpage: 0x01,
    // The page code's byte carries SPF, which tells the long header (SPC-4 §7.5.7).
    defaults: () => controlExtensionPage.encode({ page: 0x4a, subpage: 0x01, length: 0x1c }),
    changeable: controlExtensionPage.encode({ page: 0x4a, subpage: 0x01, length: 0x1c }),
  },
  {
    name: "Informational Exceptions Control",
    spec: exceptionsPage.spec,
    page: 0x1c,
    subpage: 0x00,
    defaults: () => exceptionsPage.encode({ page: 0x1c, length: 0x0a }),
    changeable: exceptionsPage.encode({ page: 0x1c, length: 0x0a }),
  },
];
