/**
 * What an outside judge checks, as a row.
 *
 * @module
 */

/** One thing that is checked. */
export interface Item {
  /** What tests name it by. */
  readonly id: string;
  /** What the target must do. */
  readonly checks: string;
  /** Where the standard has it. */
  readonly spec: string;
  /** What RFC 7143 decides where the list, which is older, says something else or leaves it open. */
  readonly decided?: string;
  /** Why there is no test. */
  readonly reason?: string;
}
