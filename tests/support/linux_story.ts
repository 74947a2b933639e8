/**
 * The story of a Linux guest that makes file systems on two LUNs, whoever serves them.
 *
 * @module
 */

import { run } from "../../scripts/command.ts";
import { GUEST_PROGRAMS, tellGuest } from "./guest_story.ts";
import { Scratch } from "./scratch.ts";
import { type ServeOptions, sparse, whileServing } from "./served.ts";

/** The programs that the story needs. */
export const STORY_PROGRAMS = [...GUEST_PROGRAMS, "e2fsck"] as const;

const MIB = 1024 * 1024;

/**
 * Tells the story to the server that the options describe.
 *
 * @throws {Error} If the guest was not content, or what it left behind is not sound.
 */
export async function tellLinuxStory(options: Omit<ServeOptions, "images"> = {}): Promise<void> {
  await using scratch = await Scratch.make();
  const images = [await sparse(scratch.path("a.img"), 256 * MIB), await sparse(scratch.path("b.img"), 128 * MIB)];
  await whileServing({ ...options, images }, async ({ port, target, firstLun }) => {
    const variables = { PORTAL: `10.0.2.2:${port}`, TARGET: target, LUN: firstLun, SECOND_LUN: firstLun + 1 };
    await tellGuest([{ file: "linux_guest.sh", variables }], { timeout: 240 });
  });
  // The guest is gone; what it left in the files must be sound for anybody.
  for (const image of images) await run(["e2fsck", "-fn", image]);
}
