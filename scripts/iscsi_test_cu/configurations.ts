/**
 * The disks that the conformance suite is run on: together they give every test what it needs.
 *
 * @module
 */

import type { Scratch } from "../../tests/support/scratch.ts";
import { sparse } from "../../tests/support/served.ts";

/** A disk to run the suite on. */
export interface Configuration {
  /** A word, for the head of a column. */
  readonly name: string;
  readonly description: string;
  /** What `--image` gets; `FILE` stands for the path of a sparse file. */
  readonly image: string;
  /** More words for `lunbox serve`. */
  readonly args?: readonly string[];
  /** Each write takes its time. */
  readonly slow?: true;
  /** SANITIZE may be tried: it destroys all blocks. */
  readonly sanitize?: boolean;
  /** Served by one of two workers, to which logins are sent on. */
  readonly workers?: true;
  /** The suite gets the URL twice, as two paths to one unit. */
  readonly twoPaths?: boolean;
  /** Only these suites or tests. */
  readonly suites?: readonly string[];
  /** All but these suites or tests. */
  readonly without?: readonly string[];
  /** The initiator may not write. */
  readonly readOnly?: boolean;
}

/** Bytes of a file. */
const FILE_SIZE = 64 << 20;

/** Name of the initiator that the suite logs in as, unless told otherwise. */
const SUITE_INITIATOR = "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test";

/** Every configuration; the slow one first. */
export const configurations: readonly Configuration[] = [
  {
    // The suite looks after some five seconds, and from then on each minute: 256 writes take 26 s at least, however fast
    // the machine is, and little more on one that is busy.
    name: "slow",
    description: "memory with 100 ms to each write, to be caught while it is sanitized",
    image: "memory:64M",
    slow: true,
    sanitize: true,
    suites: ["Sanitize.Reset"],
  },
  { name: "thin", description: "a thin file with blocks of 512 bytes, 4096 physical", image: "FILE" },
  {
    name: "512n",
    description: "a thin file with physical blocks of 512 bytes",
    image: "FILE,physical=512",
    suites: ["GetLBAStatus", "Inquiry", "ReadCapacity16", "Unmap", "WriteSame10", "WriteSame16"],
  },
  {
    name: "4Kn",
    description: "a file with blocks of 4096 bytes, served by one of two workers",
    image: "FILE,block=4096",
    workers: true,
  },
  { name: "thick", description: "a file that keeps its space", image: "FILE,thick" },
  { name: "removable", description: "a file whose medium can be ejected", image: "FILE,removable" },
  {
    name: "read-only",
    description: "a thin file that a LUN map protects against the initiator",
    image: "FILE",
    args: ["--map", `${SUITE_INITIATOR}*,0:ro`],
    readOnly: true,
  },
  { name: "cdrom", description: "a CD in its drive", image: "FILE,kind=cdrom", readOnly: true },
  {
    name: "paths",
    description: "memory, reached on two paths, that may be sanitized",
    image: "memory:64M",
    sanitize: true,
    twoPaths: true,
    // It is done before the suite looks.
    without: ["Sanitize.Reset"],
  },
];

/** What `--image` gets for a configuration; makes its file. */
export async function imageOf({ name, image }: Configuration, scratch: Scratch): Promise<string> {
  if (!image.startsWith("FILE")) return image;
  return image.replace("FILE", await sparse(scratch.path(`${name}.img`), FILE_SIZE));
}
