/**
 * From samples to rows of tables.
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

/** What a server showed under one load. */
export interface Figures {
  /** Operations per second. */
  readonly rate: Spread;
  /** Microseconds of processor time per operation. */
  readonly cpu: Spread;
  /** Microseconds that 99 of 100 requests do not exceed, and 999 of 1000. */
  readonly p99?: Spread;
  readonly "p99.9"?: Spread;
  /** Bytes from the disk for each byte that was asked for. */
  readonly fromDisk?: Spread;
}

/** How servers compare under one load. */
export interface Summary {
  /** The load. */
  readonly load: string;
  /** By the names of the servers, in the order in which they ran. */
  readonly servers: Readonly<Record<string, Figures>>;
  /** Lunbox's rate by that of each peer, medians. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Lunbox's processor time per operation by that of each peer, medians. */
  readonly cpuRatios: Readonly<Record<string, number>>;
}

/** Compares the servers' samples of one load; servers without any are left out. */
export function summarize(load: string, samples: readonly Sample[]): Summary {
  const mine = samples.filter((sample) => sample.load === load);
  const servers: Record<string, Figures> = {};
  for (const name of new Set(mine.map(({ contender }) => contender))) {
    servers[name] = figuresOf(mine.filter(({ contender }) => contender === name));
  }
  const { lunbox, ...peers } = servers;
  const ratios: Record<string, number> = {};
  const cpuRatios: Record<string, number> = {};
  for (const [name, figures] of Object.entries(peers)) {
    ratios[name] = (lunbox?.rate.median ?? NaN) / figures.rate.median;
    cpuRatios[name] = (lunbox?.cpu.median ?? NaN) / figures.cpu.median;
  }
  return { load, servers, ratios, cpuRatios };
}

function figuresOf(samples: readonly Sample[]): Figures {
  const optional = (name: string, values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? {} : { [name]: spread(known) };
  };
  return {
    rate: spread(samples.map(({ rate }) => rate)),
    cpu: spread(samples.map(({ cpu }) => cpu)),
    ...optional("p99", samples.map(({ latency }) => latency?.p99)),
    ...optional("p99.9", samples.map(({ latency }) => latency?.["p99.9"])),
    ...optional("fromDisk", samples.map(({ fromDisk }) => fromDisk)),
  };
}

/** The rows of a summary as people at a terminal read them: one for each server. */
export function rowsOf({ load, servers, ratios, cpuRatios }: Summary): string[][] {
  return Object.entries(servers).map(([name, { rate, cpu, p99, fromDisk }], i) => [
    i === 0 ? load : "",
    name,
    range(rate),
    ratio(ratios[name]),
    cpu.median.toFixed(1),
    ratio(cpuRatios[name]),
    p99 === undefined ? "" : range(p99),
    fromDisk === undefined ? "" : `${(100 * fromDisk.median).toFixed(0)} %`,
  ]);
}

/** The heads of the columns of `rowsOf`. */
export const HEADS: readonly string[] = [
  ...[
    "load",
    "server",
    "per second (min..max)",
    "lunbox by it",
    "CPU µs",
    "lunbox by it",
    "p99 µs (min..max)",
    "from disk",
  ],
];

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
  return min === max ? `${Math.round(median)}` : `${Math.round(median)} (${Math.round(min)}..${Math.round(max)})`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? "" : `${value.toFixed(2)}×`;
}
