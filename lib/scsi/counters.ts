/**
 * What a logical unit counts of its commands, for its log pages.
 *
 * Data path: nothing is allocated; the clock is read for one command in {@link sampling}.
 *
 * @module
 */

/** Kinds of commands that are counted apart. */
export const traffic = { other: 0, read: 1, write: 2, verify: 3 } as const;

/** One command of so many is timed, and stands for all of them; a power of two. */
export const sampling = 64;

const kinds = 4;

/** The kind of a command, told from the name in its row. */
export function trafficOf(name: string): number {
  if (/^READ \(/.test(name)) return traffic.read;
  if (/^WRITE( AND VERIFY| ATOMIC)? \(/.test(name)) return traffic.write;
  return /^VERIFY \(/.test(name) ? traffic.verify : traffic.other;
}

/** Counters that only grow; each array has one number for each of {@link traffic}. */
export class Counters {
  readonly commands: Float64Array = new Float64Array(kinds);
  readonly bytes: Float64Array = new Float64Array(kinds);
  /** Commands that ended with MEDIUM ERROR or HARDWARE ERROR. */
  readonly errors: Float64Array = new Float64Array(kinds);
  /** Milliseconds from the arrival of commands to their end, estimated from those that were timed. */
  readonly time: Float64Array = new Float64Array(kinds);
  /** Times that the medium was started, or loaded. */
  starts = 0;
  loads = 0;
  /** Age of the unit, in milliseconds, from which on these count. */
  from = 0;
  #arrived = 0;

  /** A command has come; says whether it is one of those to be timed. */
  arrive(): boolean {
    this.#arrived = (this.#arrived + 1) & (sampling - 1);
    return this.#arrived === 0;
  }

  /** A command has moved bytes and ended. */
  count(kind: number, bytes: number): void {
    this.commands[kind] = (this.commands[kind] as number) + 1;
    this.bytes[kind] = (this.bytes[kind] as number) + bytes;
  }

  /** A command that is timed took so many milliseconds. */
  took(kind: number, milliseconds: number): void {
    this.time[kind] = (this.time[kind] as number) + milliseconds * sampling;
  }

  /** A command has failed for a reason that lies in the medium or in us. */
  failed(kind: number): void {
    this.errors[kind] = (this.errors[kind] as number) + 1;
  }

  /** The counters as they are now. */
  copy(): Counters {
    const copy = new Counters();
    for (const field of ["commands", "bytes", "errors", "time"] as const) copy[field].set(this[field]);
    copy.starts = this.starts;
    copy.loads = this.loads;
    return copy;
  }

  /** What has been counted since `earlier`, a copy of these counters. Starts and loads go on: nothing resets them. */
  since(earlier: Counters): Counters {
    const difference = this.copy();
    difference.from = earlier.from;
    for (const field of ["commands", "bytes", "errors", "time"] as const) {
      for (let kind = 0; kind < kinds; kind++) {
        difference[field][kind] = (difference[field][kind] as number) - (earlier[field][kind] as number);
      }
    }
    return difference;
  }
}
