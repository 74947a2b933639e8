/**
 * The loads that servers are compared by.
 *
 * @module
 */

/** What a client does to a LUN. */
export type Load = ReadLoad | WriteLoad;

/** Reads of `iscsi-perf`. */
export interface ReadLoad {
  /** For the command line. */
  readonly name: string;
  /** Which client runs it. */
  readonly kind: "read";
  /** Requests in flight. */
  readonly depth: number;
  /** Blocks of 512 bytes in a request. */
  readonly blocks: number;
  /** At random offsets, or one after the other. */
  readonly random: boolean;
}

/** Sequential writes of `qemu-img bench`. */
export interface WriteLoad {
  /** For the command line. */
  readonly name: string;
  /** Which client runs it. */
  readonly kind: "write";
  /** Requests in flight. */
  readonly depth: number;
  /** Bytes of a request. */
  readonly size: number;
  /** Requests for each second that a read load would take. */
  readonly count: number;
}

/** Every load, in the order in which they run. */
export const LOADS: readonly Load[] = [
  { name: "read-4k-qd1", kind: "read", depth: 1, blocks: 8, random: true },
  { name: "read-4k-qd8", kind: "read", depth: 8, blocks: 8, random: true },
  { name: "read-4k-qd32", kind: "read", depth: 32, blocks: 8, random: true },
  { name: "read-64k-qd32", kind: "read", depth: 32, blocks: 128, random: true },
  { name: "write-4k-qd32", kind: "write", depth: 32, size: 4096, count: 30_000 },
  { name: "write-256k-qd8", kind: "write", depth: 8, size: 262_144, count: 1_500 },
];
