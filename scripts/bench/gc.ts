/**
 * Garbage collections, as V8 tells of them with --trace-gc.
 *
 * @module
 */

/** The pauses of a time. */
export interface Pauses {
  readonly count: number;
  /** Milliseconds, of all together. */
  readonly total: number;
  /** Milliseconds of the longest. */
  readonly longest: number;
  /** How many of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
}

// [42:0x5581] 1234 ms: Scavenge 4.2 (6.0) -> 3.1 (6.0) MB, pooled: 0 MB, 0.45 / 0.00 ms (average mu = …) task;
const line =
  /^\[\d+:\w+\]\s+\d+ ms: ([A-Z][\w -]*?) (?:\(\w+\) )?[\d.]+ \(.*? -> .*? MB, (?:pooled: \S+ MB, )?([\d.]+) \/ [\d.]+ ms/gm;

/** The pauses in what a server has written; garbage collectors that work beside the program pause it for parts of it. */
export function pausesOf(log: string): Pauses {
  const kinds: Record<string, number> = {};
  let [count, total, longest] = [0, 0, 0];
  for (const [, kind = "", took = ""] of log.matchAll(line)) {
    count++;
    total += Number(took);
    longest = Math.max(longest, Number(took));
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return { count, total, longest, kinds };
}
