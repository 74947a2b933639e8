/**
 * Self-tests: reading the medium, in samples or as a whole, and remembering what came of it (SPC-5).
 *
 * @module
 */

import type { LogicalUnit } from "./logical_unit.ts";
import type { SenseCode } from "./sense.ts";
import { toScsiError } from "./store_errors.ts";

/** SELF-TEST CODE of SEND DIAGNOSTIC (SPC-5); 0 stands for the default self-test. */
export const selfTestCode = {
  default: 0,
  backgroundShort: 1,
  backgroundExtended: 2,
  abortBackground: 4,
  foregroundShort: 5,
  foregroundExtended: 6,
} as const;

/** SELF-TEST RESULTS of the log page (SPC-5). */
export const selfTestOutcome = {
  good: 0,
  abortedByCommand: 1,
  abortedOtherwise: 2,
  failed: 7,
  inProgress: 15,
} as const;

/** What came of one self-test. */
export interface SelfTestResult {
  readonly code: number;
  /** One of {@link selfTestOutcome}. */
  outcome: number;
  /** Milliseconds that the unit has been there for when the test ended. */
  age: number;
  /** The first block that could not be read. */
  failedBlock: number | undefined;
  sense: SenseCode | undefined;
}

/** Results that are kept (SPC-5). */
const mostResults = 20;
/** Bytes that are read at a time. */
const pieceSize = 0x4_0000;
/** Places that a short test reads at: both ends, and between them. */
const samples = 64;

/** The self-tests of a logical unit. */
export class SelfTests {
  readonly #unit: LogicalUnit;
  /** The latest first. */
  readonly results: SelfTestResult[] = [];
  /** The done part of the test that runs, 0 to 1. */
  progress = 0;

  constructor(unit: LogicalUnit) {
    this.#unit = unit;
  }

  /** A test runs. */
  get running(): boolean {
    return this.results[0]?.outcome === selfTestOutcome.inProgress;
  }

  /**
   * Reads the medium. Never rejects: what happened is in the result.
   *
   * @param stopped asked often; the test ends when it says so
   */
  async run(code: number, stopped: () => boolean): Promise<SelfTestResult> {
    const result: SelfTestResult = {
      code,
      outcome: selfTestOutcome.inProgress,
      age: 0,
      failedBlock: undefined,
      sense: undefined,
    };
    this.results.unshift(result);
    this.results.splice(mostResults);
    this.progress = 0;
    const extended = code === selfTestCode.backgroundExtended || code === selfTestCode.foregroundExtended;
    try {
      await this.#read(result, extended, () => stopped() || result.outcome !== selfTestOutcome.inProgress);
      if (result.outcome === selfTestOutcome.inProgress) {
        result.outcome = stopped() ? selfTestOutcome.abortedOtherwise : selfTestOutcome.good;
      }
    } catch (error) {
      result.outcome = selfTestOutcome.failed;
      result.sense = toScsiError(error, false).code;
    }
    result.age = this.#unit.age;
    return result;
  }

  /** Ends the test that runs; says whether there was one. */
  abort(outcome: number = selfTestOutcome.abortedByCommand): boolean {
    const running = this.results[0];
    if (running?.outcome !== selfTestOutcome.inProgress) return false;
    running.outcome = outcome;
    running.age = this.#unit.age;
    return true;
  }

  async #read(result: SelfTestResult, extended: boolean, ended: () => boolean): Promise<void> {
    const { store, blocks, blockSize } = this.#unit;
    const piece = Math.max(1, Math.floor((extended ? pieceSize : blockSize) / blockSize));
    const steps = extended ? Math.ceil(blocks / piece) : Math.min(samples, blocks);
    const buffer = new Uint8Array(piece * blockSize);
    for (let step = 0; step < steps && !ended(); step++) {
      const block = extended ? step * piece : Math.floor(step * (blocks - 1) / Math.max(1, steps - 1));
      const length = Math.min(piece, blocks - block) * blockSize;
      try {
        await store.read(buffer.subarray(0, length), block * blockSize);
      } catch (error) {
        result.failedBlock = block;
        throw error;
      }
      this.progress = (step + 1) / steps;
      await this.#unit.breathe();
    }
  }
}
