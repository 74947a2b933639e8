/**
 * LUN maps: which logical units an initiator sees, by which numbers, and whether it may write.
 *
 * @module
 */

import type { LogicalUnit } from "../scsi/logical_unit.ts";
import type { LunMap } from "../scsi/nexus.ts";
import { NamePatterns } from "./access.ts";

/** A logical unit as some initiators see it. */
export interface MappedLun {
  /** The number by which they know it, 0 to 16383. */
  readonly lun: number;
  /** The number that it has at the target; the same by default. */
  readonly unit?: number;
  /** They may only read; others may still write. */
  readonly readOnly?: boolean;
}

/** What some initiators see of a target. */
export interface LunMapRule {
  /** Patterns of initiator names with `*` and `?`. */
  readonly initiators: readonly string[];
  readonly luns: readonly MappedLun[];
}

/** Highest logical unit number (SAM-5 §4.7). */
export const MAX_LUN = 16383;

/** The maps of a target. The first rule whose patterns fit an initiator counts; who fits none sees all, as it is. */
export class LunMaps {
  readonly #rules: readonly { readonly patterns: NamePatterns; readonly luns: readonly MappedLun[] }[];
  readonly #target: LunMap;

  /** Throws a `RangeError` when a rule has a number twice, or one that is not from 0 to 16383. */
  constructor(target: LunMap, rules: readonly LunMapRule[] = []) {
    for (const { luns } of rules) checkLuns(luns);
    this.#target = target;
    this.#rules = rules.map(({ initiators, luns }) => ({ patterns: new NamePatterns(initiators), luns }));
  }

  /** What an initiator sees; follows the target when logical units are added to it. */
  for(initiatorName: string): LunMap {
    const rule = this.#rules.find(({ patterns }) => patterns.match(initiatorName));
    return rule === undefined ? this.#target : new MappedLuns(this.#target, rule.luns);
  }
}

/** Some logical units of a target, by other numbers. */
class MappedLuns implements LunMap {
  readonly #target: LunMap;
  /** By the number that the initiator uses. */
  readonly #luns: (MappedLun | undefined)[] = [];
  readonly #order: readonly MappedLun[];

  constructor(target: LunMap, luns: readonly MappedLun[]) {
    this.#target = target;
    this.#order = luns.toSorted((a, b) => a.lun - b.lun);
    for (const one of luns) this.#luns[one.lun] = one;
  }

  at(lun: number): LogicalUnit | undefined {
    const mapped = this.#luns[lun];
    return mapped === undefined ? undefined : this.#target.at(mapped.unit ?? mapped.lun);
  }

  numbers(): readonly number[] {
    return this.#order.filter(({ lun }) => this.at(lun) !== undefined).map(({ lun }) => lun);
  }

  readOnly(unit: LogicalUnit): boolean {
    return this.#order.some((one) => one.readOnly === true && this.at(one.lun) === unit);
  }
}

function checkLuns(luns: readonly MappedLun[]): void {
  const numbers = new Set<number>();
  const units = new Set<number>();
  for (const { lun, unit = lun } of luns) {
    for (const number of [lun, unit]) {
      if (Number.isInteger(number) && number >= 0 && number <= MAX_LUN) continue;
      throw new RangeError(`Cannot map LUN ${number}: numbers go from 0 to ${MAX_LUN}`);
    }
    if (numbers.has(lun)) throw new RangeError(`Cannot map LUN ${lun}: it is there already`);
    if (units.has(unit)) throw new RangeError(`Cannot map unit ${unit} as LUN ${lun}: it has another number already`);
    numbers.add(lun);
    units.add(unit);
  }
}
