/**
 * The values that one logical unit has in its mode pages: current, default and saved ones.
 *
 * @module
 */

import { decodeHex, encodeHex } from "../bytes/encoding.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import {
  cachingPage,
  controlExtensionPage,
  controlPage,
  type ModePage,
  modePageIndex,
  modePages,
  pageControl,
} from "./mode_pages.ts";
import type { MemoryValue } from "./unit_memory.ts";

/** New values of the page at `index` of the table, from the page code on. */
export interface ModeChange {
  readonly index: number;
  readonly values: Uint8Array;
}

const memoryField = "modePages";
const cachingIndex = modePageIndex(0x08);
const controlIndex = modePageIndex(0x0a);
const controlExtensionIndex = modePageIndex(0x0a, 0x01);

/** The state of a logical unit's mode pages. */
export class ModePages {
  readonly #unit: LogicalUnit;
  readonly #current: Uint8Array[];
  readonly #saved: Uint8Array[];

  /** Starts with what the unit's memory has, and with the defaults for the rest. */
  constructor(unit: LogicalUnit) {
    this.#unit = unit;
    const remembered = fieldsOf(unit.memory?.read(memoryField));
    this.#saved = modePages.map((page) => restore(page, unit, remembered[keyOf(page)]));
    this.#current = [...this.#saved];
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

  /** The device may change asymmetric access states by itself (IALUAE). */
  get implicitAccess(): boolean {
    return controlExtensionPage.implicitAccessEnabled.get(this.#at(controlExtensionIndex));
  }

  /** Values survive a restart when they are saved. */
  get savable(): boolean {
    return this.#unit.memory !== undefined;
  }

  /** The bytes of the table's page at `index` for one of {@link pageControl}. Not to be written to. */
  values(index: number, control: number): Uint8Array {
    const page = modePages[index] as ModePage;
    switch (control) {
      case pageControl.changeable:
        return page.changeable(this.#unit);
      case pageControl.default:
        return page.defaults(this.#unit);
      case pageControl.saved:
        return this.#saved[index] as Uint8Array;
      default:
        return this.#at(index);
    }
  }

  /** Sets the current values of a page, which the caller has checked; says whether that changes any. */
  set({ index, values }: ModeChange): boolean {
    const changed = values.some((byte, i) => byte !== this.#at(index)[i]);
    this.#current[index] = values;
    return changed;
  }

  /** Sets the saved values of pages; done when they would survive a restart. */
  async save(changes: readonly ModeChange[]): Promise<void> {
    const saved = [...this.#saved];
    for (const { index, values } of changes) saved[index] = values;
    const remembered: Record<string, string> = {};
    modePages.forEach((page, i) => {
      const values = saved[i] as Uint8Array;
      const defaults = page.defaults(this.#unit);
      if (values.some((byte, at) => byte !== defaults[at])) remembered[keyOf(page)] = encodeHex(values);
    });
    await this.#unit.memory?.write(memoryField, Object.keys(remembered).length > 0 ? remembered : undefined);
    for (const { index, values } of changes) this.#saved[index] = values;
  }

  /** Back to the saved values (SPC-5 §6.12). */
  reset(): void {
    for (let i = 0; i < modePages.length; i++) this.#current[i] = this.#saved[i] as Uint8Array;
  }

  #at(index: number): Uint8Array {
    return this.#current[index] as Uint8Array;
  }
}

function keyOf({ page, subpage }: ModePage): string {
  const code = page.toString(16).padStart(2, "0");
  return subpage === 0 ? code : `${code}/${subpage.toString(16).padStart(2, "0")}`;
}

function fieldsOf(value: MemoryValue | undefined): Readonly<Record<string, MemoryValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, MemoryValue>
    : {};
}

/** What is remembered may be older than the program, or edited: only bits that can be changed are taken from it. */
function restore(page: ModePage, unit: LogicalUnit, remembered: MemoryValue | undefined): Uint8Array {
  const values = page.defaults(unit);
  const stored = typeof remembered === "string" ? decodeHex(remembered) : undefined;
  if (stored?.length !== values.length) return values;
  const changeable = page.changeable(unit);
  for (let i = page.subpage === 0 ? 2 : 4; i < values.length; i++) {
    const mask = changeable[i] as number;
    values[i] = (values[i] as number) & ~mask | (stored[i] as number) & mask;
  }
  return values;
}
