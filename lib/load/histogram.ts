/**
 * Latencies, counted in buckets of less than one percent: any number of them in a few kilobytes.
 *
 * Hot path: `record` allocates nothing.
 *
 * @module
 */

/** Steps of each power of two. */
const STEP_BITS = 7;
const STEPS = 1 << STEP_BITS;

/** Ticks of a millisecond: a tick is 100 ns. */
const TICKS = 10_000;

/** Longest latency in ticks, a little more than 214 seconds; what takes longer is counted as that. */
const LONGEST = 0x7fff_ffff;

const BUCKETS = bucketOf(LONGEST) + 1;

/** Values between two bounds. */
export interface HistogramRow {
  /** Milliseconds, included. */
  readonly from: number;
  /** Milliseconds, not included. */
  readonly to: number;
  readonly count: number;
}

/** A histogram of durations in milliseconds. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  /** Count, sum, least, greatest: in an array, so that none of them is a fresh number on the heap. */
  readonly #totals = Float64Array.of(0, 0, Infinity, 0);

  /** How many were recorded. */
  get count(): number {
    return this.#totals[0] as number;
  }

  /** Milliseconds; 0 when there are none. */
  get mean(): number {
    return this.count === 0 ? 0 : (this.#totals[1] as number) / this.count;
  }

  /** Milliseconds; 0 when there are none. */
  get min(): number {
    return this.count === 0 ? 0 : this.#totals[2] as number;
  }

  /** Milliseconds. */
  get max(): number {
    return this.#totals[3] as number;
  }

  /** Counts one that took so many milliseconds. */
  record(duration: number): void {
    const bucket = bucketOf(Math.min(duration * TICKS, LONGEST) | 0);
    (this.#counts[bucket] as number)++;
    const totals = this.#totals;
    (totals[0] as number)++;
    totals[1] = (totals[1] as number) + duration;
    if (duration < (totals[2] as number)) totals[2] = duration;
    if (duration > (totals[3] as number)) totals[3] = duration;
  }

  /** Counts all that another one counted. */
  add(other: Histogram): void {
    for (let i = 0; i < BUCKETS; i++) {
      this.#counts[i] = (this.#counts[i] as number) + (other.#counts[i] as number);
    }
    const [count = 0, sum = 0, min = 0, max = 0] = other.#totals;
    const totals = this.#totals;
    totals[0] = this.count + count;
    totals[1] = (totals[1] as number) + sum;
    totals[2] = Math.min(totals[2] as number, min);
    totals[3] = Math.max(totals[3] as number, max);
  }

  /** Forgets everything. */
  clear(): void {
    this.#counts.fill(0);
    this.#totals.set([0, 0, Infinity, 0]);
  }

  /**
   * The duration, in milliseconds, that `percent` of all did not exceed; 0 when there are none.
   *
   * @param percent 0 to 100
   */
  percentile(percent: number): number {
    const rank = Math.max(1, Math.ceil(this.count * percent / 100));
    let seen = 0;
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.#counts[i] as number;
      // The middle of the bucket, but never beyond what was really seen.
      if (seen >= rank) return Math.min(this.max, Math.max(this.min, (lowOf(i) + lowOf(i + 1)) / 2 / TICKS));
    }
    return this.max;
  }

  /** The counts by powers of two of a microsecond, from the first that has any to the last. */
  rows(): HistogramRow[] {
    const rows: HistogramRow[] = [];
    for (let power = 0; power <= 28; power++) {
      const [low, high] = [power === 0 ? 0 : 2 ** power * TICKS / 1000, 2 ** (power + 1) * TICKS / 1000];
      rows.push({ from: low / TICKS, to: high / TICKS, count: this.#between(low, high) });
    }
    const first = rows.findIndex(({ count }) => count > 0);
    const last = rows.findLastIndex(({ count }) => count > 0);
    return first < 0 ? [] : rows.slice(first, last + 1);
  }

  /** How many lie in buckets that begin in `low` to `high` (ticks). */
  #between(low: number, high: number): number {
    let count = 0;
    for (let i = 0; i < BUCKETS; i++) {
      if (lowOf(i) >= low && lowOf(i) < high) count += this.#counts[i] as number;
    }
    return count;
  }
}

/** Every number below two powers of `STEPS` has a bucket of its own; above, each power of two has `STEPS` buckets. */
function bucketOf(ticks: number): number {
  if (ticks < 2 * STEPS) return ticks;
  const shift = 31 - Math.clz32(ticks) - STEP_BITS;
  return (shift << STEP_BITS) + (ticks >> shift);
}

/** The least number in a bucket. */
function lowOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = (bucket >> STEP_BITS) - 1;
  return (bucket - (shift << STEP_BITS)) * 2 ** shift;
}
