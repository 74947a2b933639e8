/**
 * Unit attention conditions that wait for one I_T nexus (SAM-5 §5.14).
 *
 * @module
 */

import type { SenseCode } from "./sense.ts";
import type { SenseDetails } from "./sense_data.ts";

/** A condition as it is told: most have nothing to say beyond their code. */
export interface UnitAttention extends SenseCode {
  /** INFORMATION field. */
  readonly information?: number;
}

/** What the sense data of a condition says beyond its code. */
export function detailsOf({ information }: UnitAttention): SenseDetails {
  return information === undefined ? {} : { information };
}

/** Resets, the strongest first (SAM-5 §5.14.3): a pending one hides the weaker ones. */
const resetPrecedence: readonly number[] = [0x00, 0x01, 0x04, 0x02, 0x03, 0x07];
const resetAsc = 0x29;

/** The unit attention conditions of one I_T nexus on one logical unit, the one to report first in front. */
export class UnitAttentions {
  readonly #queue: UnitAttention[] = [];

  /** Conditions that wait. */
  get pending(): number {
    return this.#queue.length;
  }

  /** The condition to report first tells of a reset: nothing else may be told before (SAM-5 §5.3.3). */
  get afterReset(): boolean {
    return this.#queue[0]?.asc === resetAsc;
  }

  /** The condition that would be reported now; it goes on waiting. */
  get first(): UnitAttention | undefined {
    return this.#queue[0];
  }

  /** Adds a condition; one that waits already, or that a stronger reset covers, is not added twice. */
  raise(code: UnitAttention): void {
    if (this.#queue.some((waiting) => covers(waiting, code))) return;
    for (let i = this.#queue.length - 1; i >= 0; i--) {
      const waiting = this.#queue[i];
      if (waiting !== undefined && covers(code, waiting)) this.#queue.splice(i, 1);
    }
    if (code.asc === resetAsc) this.#queue.unshift(code);
    else this.#queue.push(code);
  }

  /** The condition to report now; it waits no longer. */
  take(): UnitAttention | undefined {
    return this.#queue.shift();
  }

  /** Forgets a condition that something else has made known. */
  clear(code: SenseCode): void {
    const index = this.#queue.indexOf(code);
    if (index >= 0) this.#queue.splice(index, 1);
  }
}

/** Whether reporting `code` makes reporting `other` needless. */
function covers(code: UnitAttention, other: UnitAttention): boolean {
  if (code.asc !== other.asc) return false;
  if (code.asc !== resetAsc) return code.ascq === other.ascq && code.information === other.information;
  return resetPrecedence.indexOf(code.ascq) <= resetPrecedence.indexOf(other.ascq);
}
