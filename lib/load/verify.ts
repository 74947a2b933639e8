/**
 * Writes what can be recognized, and recognizes it in what is read.
 *
 * Hot path: nothing is allocated.
 *
 * Tested in tests/load/run_test.ts.
 *
 * @module
 */

import { VerifyError } from "./errors.ts";
import { checkPattern, labelAt, SECTOR, writePattern } from "./pattern.ts";
import type { Slots } from "./slots.ts";
import type { Workload } from "./workload.ts";

/** Fills a slot's memory with what its write is to leave behind. */
export function prepareWrite(slots: Slots, slot: number, workload: Workload, run: number): void {
  const cell = slots.cell[slot] as number;
  writePattern(slots.memory(slot).words, cell * slots.size / SECTOR, workload.generation(cell), run);
}

/**
 * Holds what a slot has read against what was written last.
 *
 * @returns false when nothing is known of the place
 * @throws {VerifyError} it is something else; the message says what.
 */
export function verifyRead(slots: Slots, slot: number, workload: Workload, run: number): boolean {
  const cell = slots.cell[slot] as number;
  const generation = workload.generation(cell);
  if (generation === 0) return false;
  const sector = cell * slots.size / SECTOR;
  const { words } = slots.memory(slot);
  const wrong = checkPattern(words, sector, generation, run);
  if (wrong < 0) return true;
  const at = sector * SECTOR + wrong * 4;
  throw new VerifyError(
    `Cannot trust the data: byte ${at} is wrong; ${finding(words, wrong, sector, generation, run)}`,
  );
}

function finding(words: Int32Array, wrong: number, sector: number, generation: number, run: number): string {
  const label = labelAt(words, wrong);
  if (label === undefined) return `what was read there has not been written by this run in one piece`;
  const place = sector + Math.floor(wrong * 4 / SECTOR);
  if (label.run !== run >>> 0) return "what was read there is from another run";
  if (label.sector !== place) return `what was read there belongs to byte ${label.sector * SECTOR}`;
  return `what was read there is generation ${label.generation} where ${generation} was written`;
}
