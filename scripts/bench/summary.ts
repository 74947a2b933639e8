/**
 * From samples to a row of the table.
 *
 * @module
 */

import type { Sample } from "./measure.ts";

/** Median, least and greatest. */
export interface Spread {
  /** The middle one; of an even number the mean of the middle two. */
  readonly median: number;
  /** The least. */
  readonly min: number;
  /** The greatest. */
  readonly max: number;
}

/** How the two servers compare under one load. */
export interface Summary {
  /** The load. */
  readonly load: string;
  /** Lunbox's rate by tgt's, medians. */
  readonly ratio: number;
  /** Lunbox's processor time per operation by tgt's, medians. */
  readonly cpuRatio: number;
  /** Operations per second by server. */
  readonly rates: Readonly<Record<string, Spread>>;
  /** Microseconds of processor time per operation by server. */
  readonly cpu: Readonly<Record<string, Spread>>;
  /** The row of the table. */
  readonly row: string;
}

/** The table's heading. */
export const HEADING: string = [
  ["load", "lunbox /s (min..max)", "tgt /s (min..max)", "ratio", "lunbox µs CPU", "tgt µs CPU", "ratio"],
  ["---", "---:", "---:", "---:", "---:", "---:", "---:"],
].map((cells) => `| ${cells.join(" | ")} |\n`).join("");

/** Compares the two servers' samples of one load. */
export function summarize(load: string, samples: readonly Sample[]): Summary {
  const of = (contender: string, pick: (sample: Sample) => number): Spread =>
    spread(samples.filter((sample) => sample.load === load && sample.contender === contender).map(pick));
  const rates = { lunbox: of("lunbox", ({ rate }) => rate), tgt: of("tgt", ({ rate }) => rate) };
  const cpu = { lunbox: of("lunbox", (sample) => sample.cpu), tgt: of("tgt", (sample) => sample.cpu) };
  const ratio = rates.lunbox.median / rates.tgt.median;
  const cpuRatio = cpu.lunbox.median / cpu.tgt.median;
  const cells = [
    ...[load, range(rates.lunbox), range(rates.tgt), `**${ratio.toFixed(2)}×**`],
    ...[cpu.lunbox.median.toFixed(1), cpu.tgt.median.toFixed(1), `${cpuRatio.toFixed(2)}×`],
  ];
  return { load, ratio, cpuRatio, rates, cpu, row: `| ${cells.join(" | ")} |\n` };
}

/**
 * Median, least and greatest of `values`.
 *
 * @throws {RangeError} If there are none.
 */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (low === undefined || high === undefined) throw new RangeError("Cannot take a median: no values");
  return { median: (low + high) / 2, min: sorted[0] ?? low, max: sorted.at(-1) ?? high };
}

function range({ median, min, max }: Spread): string {
  return `${Math.round(median)} (${Math.round(min)}..${Math.round(max)})`;
}
