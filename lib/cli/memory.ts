/**
 * How the C library manages the memory of this process.
 *
 * @module
 */

import { posixLibraries } from "../store/file_posix_calls.ts";

/** M_MMAP_THRESHOLD of mallopt(3). */
const MMAP_THRESHOLD = -3;

/** Bytes from which on a piece of memory is one of its own: the default of glibc, as long as nothing has been freed. */
const LARGE = 128 * 1024;

/**
 * Lets large buffers go back to the system as soon as they are freed. Left alone, glibc raises its idea of large to that
 * of what was freed, and a server that was under load for a second keeps hundreds of megabytes for good.
 *
 * @returns false where there is nothing to be told, or it may not be
 */
export function returnLargeBuffers(): boolean {
  if (Deno.build.os !== "linux") return false;
  for (const path of posixLibraries.linux) {
    try {
      const library = Deno.dlopen(path, { mallopt: { parameters: ["i32", "i32"], result: "i32" } });
      const taken = library.symbols.mallopt(MMAP_THRESHOLD, LARGE) === 1;
      library.close();
      return taken;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return false;
    }
  }
  return false;
}
