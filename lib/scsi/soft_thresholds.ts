/**
 * Tells initiators of a thin unit when its space gets short (SBC-4).
 *
 * Data path: while no threshold is enabled, one comparison for each command, made by who calls.
 *
 * @module
 */

import type { StoreSpace } from "../store/store.ts";
import { traffic } from "./counters.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import { errorRecoveryPage, modePageIndex, pageControl } from "./mode_pages.ts";
import { sense } from "./sense.ts";
import { isForeseen } from "./store_errors.ts";
import {
  hasThresholds,
  thresholdArming,
  thresholdDescriptor,
  thresholdPage,
  thresholds,
  thresholdSetSize,
} from "./threshold_page.ts";

const errorRecoveryIndex = modePageIndex(0x01);
const thresholdIndex = modePageIndex(0x1c, 0x02);

/** The thresholds of a logical unit, as its mode pages have them. */
export class SoftThresholds {
  readonly #unit: LogicalUnit;
  /** Centres of the enabled thresholds, in bytes; `NaN` for a disabled one. */
  readonly #centres: number[] = thresholds.map(() => NaN);
  /** Thresholds that are told of when they are reached; armed again when they are left. */
  readonly #armed: boolean[] = thresholds.map(() => true);
  #watching = false;
  /** Bytes that may have been written since the store was asked. */
  #unseen = 0;
  #looking = false;

  /** Takes the thresholds that the unit's mode pages have. They are first looked at when something is written. */
  constructor(unit: LogicalUnit) {
    this.#unit = unit;
    this.#take();
  }

  /** Some threshold is enabled: {@link SoftThresholds.wrote} wants to know of commands that write. */
  get watching(): boolean {
    return this.#watching;
  }

  /** The mode pages may have changed: a threshold that has is armed, and told of at once when it is reached already. */
  update(): void {
    if (this.#take() && this.#watching) this.#look();
  }

  /**
   * A command of one of the kinds of {@link traffic} has written so many bytes. The store is asked when a threshold may
   * have been passed by half a threshold set, which is what the standard leaves room for, and after a command of which
   * one cannot say what it has written.
   */
  wrote(kind: number, bytes: number): void {
    const due = thresholdSetSize(this.#unit) / 2;
    this.#unseen += kind === traffic.write ? bytes : due;
    if (this.#unseen >= due) this.#look();
  }

  /** Says whether any threshold is another now. */
  #take(): boolean {
    if (!hasThresholds(this.#unit)) return false;
    const { modePages } = this.#unit;
    const page = modePages.values(thresholdIndex, pageControl.current);
    const reports = errorRecoveryPage.provisioningErrors.get(modePages.values(errorRecoveryIndex, pageControl.current));
    let changed = false;
    thresholds.forEach((_, i) => {
      const at = thresholdPage.size + i * thresholdDescriptor.size;
      const enabled = reports && thresholdDescriptor.enabled.get(page, at);
      const centre = enabled ? thresholdDescriptor.count.get(page, at) * thresholdSetSize(this.#unit) : NaN;
      if (Object.is(centre, this.#centres[i])) return;
      this.#centres[i] = centre;
      this.#armed[i] = true;
      changed = true;
    });
    this.#watching = this.#centres.some((centre) => !Number.isNaN(centre));
    // What was written before nobody has looked at.
    if (changed) this.#unseen = Infinity;
    return changed;
  }

  #look(): void {
    if (this.#looking) return;
    this.#unseen = 0;
    try {
      const space = this.#unit.store.space?.();
      if (space instanceof Promise) void this.#lookLater(space);
      else this.#judge(space);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #lookLater(asked: Promise<StoreSpace | undefined>): Promise<void> {
    this.#looking = true;
    try {
      this.#judge(await asked);
    } catch (error) {
      this.#complain(error);
    }
    this.#looking = false;
    // What came meanwhile may be the last for long.
    if (this.#watching && this.#unseen >= thresholdSetSize(this.#unit) / 2) this.#look();
  }

  /** A store that cannot say now is asked again after the next writes. */
  #complain(error: unknown): void {
    if (!isForeseen(error)) this.#unit.onFault(error);
  }

  #judge(space: StoreSpace | undefined): void {
    if (space === undefined) return;
    const half = thresholdSetSize(this.#unit) / 2;
    thresholds.forEach(({ arming }, i) => {
      const centre = this.#centres[i] as number;
      // How far the resource is beyond the centre of the threshold's range.
      const beyond = arming === thresholdArming.decreasing ? centre - space.available : space.used - centre;
      if (beyond <= -half) this.#armed[i] = true;
      if (!this.#armed[i] || !(beyond >= half)) return;
      this.#armed[i] = false;
      // INFORMATION is the byte of the mode page at which the threshold's descriptor begins (SBC-4).
      const information = thresholdPage.size + i * thresholdDescriptor.size;
      this.#unit.raise({ ...sense.thinProvisioningSoftThresholdReached, information });
    });
  }
}
