/**
 * The port behind which a logical unit keeps what has to survive a restart: saved mode pages, names that it was given,
 * registrations.
 *
 * @module
 */

/** A value that JSON can hold. */
export type MemoryValue = null | boolean | number | string | readonly MemoryValue[] | {
  readonly [name: string]: MemoryValue;
};

/** Small values by name, kept until the logical unit is here again. */
export interface UnitMemory {
  /** The value of a field; `undefined` when there is none. Whoever reads does not trust it. */
  read(field: string): MemoryValue | undefined;
  /** Sets a field, or removes it with `undefined`; done when that is on stable storage. */
  write(field: string, value: MemoryValue | undefined): Promise<void>;
}
