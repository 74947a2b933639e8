/**
 * The loads that servers are compared by.
 *
 * @module
 */

/** The programs that make a load: libiscsi's, QEMU's, and our own. Those in C leave more of the machine to the server. */
export type ClientName = "iscsi-perf" | "qemu-img" | "lunbox";

/** What a client does to a LUN. */
export interface Load {
  /** For the command line. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Who tells the rate. Latencies always come from `lunbox bench`. */
  readonly client: ClientName;
  /** Requests in flight in each session. */
  readonly depth: number;
  /** Bytes of a request. */
  readonly size: number;
  /** How many of a hundred requests read. */
  readonly reads: 0 | 70 | 100;
  /** At random places, or one behind the other. */
  readonly random: boolean;
  /** 1 unless given. */
  readonly sessions?: number;
  /** Header and data digests. */
  readonly digests?: true;
  /** Nothing of the image is in the page cache at the start. */
  readonly cold?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const read = { client: "iscsi-perf", reads: 100, random: true } as const;
const stream = { client: "iscsi-perf", reads: 100, random: false, depth: 8 } as const;
const write = { client: "qemu-img", reads: 0, random: false } as const;
const own = { client: "lunbox", reads: 100, random: true } as const;

/** Every load, in the order in which they run. */
export const LOADS: readonly Load[] = [
  { name: "read-4k-qd1", title: "4 KiB random read, depth 1", ...read, depth: 1, size: 4 * KIB },
  { name: "read-4k-qd8", title: "4 KiB random read, depth 8", ...read, depth: 8, size: 4 * KIB },
  { name: "read-4k-qd32", title: "4 KiB random read, depth 32", ...read, depth: 32, size: 4 * KIB },
  { name: "read-4k-qd128", title: "4 KiB random read, depth 128", ...read, depth: 128, size: 4 * KIB },
  { name: "read-64k-qd32", title: "64 KiB random read, depth 32", ...read, depth: 32, size: 64 * KIB },
  { name: "read-256k-qd8", title: "256 KiB sequential read, depth 8", ...stream, size: 256 * KIB },
  { name: "read-1m-qd8", title: "1 MiB sequential read, depth 8", ...stream, size: MIB },
  { name: "write-4k-qd32", title: "4 KiB sequential write, depth 32", ...write, depth: 32, size: 4 * KIB },
  { name: "write-256k-qd8", title: "256 KiB sequential write, depth 8", ...write, depth: 8, size: 256 * KIB },
  { name: "write-1m-qd8", title: "1 MiB sequential write, depth 8", ...write, depth: 8, size: MIB },
  { name: "randwrite-4k-qd32", title: "4 KiB random write, depth 32", ...own, reads: 0, depth: 32, size: 4 * KIB },
  { name: "mix-4k-qd32", title: "4 KiB random, 70 % reads, depth 32", ...own, reads: 70, depth: 32, size: 4 * KIB },
  {
    name: "read-4k-s16-qd4",
    title: "4 KiB random read, 16 sessions, depth 4",
    ...own,
    sessions: 16,
    depth: 4,
    size: 4 * KIB,
  },
  {
    name: "read-4k-s128-qd1",
    title: "4 KiB random read, 128 sessions, depth 1",
    ...own,
    sessions: 128,
    depth: 1,
    size: 4 * KIB,
  },
  { name: "read-64k-own", title: "64 KiB random read, depth 32, our client", ...own, depth: 32, size: 64 * KIB },
  { name: "read-64k-digests", title: "the same with digests", ...own, depth: 32, size: 64 * KIB, digests: true },
  { name: "read-4k-cold", title: "4 KiB random read, depth 32, cold", ...own, depth: 32, size: 4 * KIB, cold: true },
];
