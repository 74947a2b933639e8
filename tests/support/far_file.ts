/**
 * A file with something behind the place where 32 bits end.
 *
 * @module
 */

import type { Scratch } from "./scratch.ts";

/** Where the 512 nines of the file begin. */
export const FAR = 2 ** 33 + 512;

/** Makes one. */
export async function farFile(scratch: Scratch): Promise<{ readonly path: string; readonly info: Deno.FileInfo }> {
  const path = scratch.path("far.img");
  using file = await Deno.open(path, { createNew: true, write: true });
  await file.seek(FAR, Deno.SeekMode.Start);
  await file.write(new Uint8Array(512).fill(9));
  return { path, info: await file.stat() };
}
