/**
 * The door to what only some operating systems and file systems can do with a file.
 *
 * @module
 */

import type { Extent } from "./store.ts";

/** Holes in files. A {@link FileStore} without it writes zeros, and knows of no holes. */
export interface FilePlatform {
  /** Makes a hole; the range reads as zeros afterwards, and the file keeps its size. */
  punch(at: number, length: number): void | Promise<void>;
  /** The holes and the data of a range, in order and without gaps. */
  extents(at: number, length: number): readonly Extent[] | Promise<readonly Extent[]>;
  /** Lets go of everything. */
  close(): void;
}
