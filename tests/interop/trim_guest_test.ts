import { assert, assertEquals } from "@std/assert";
import { Cues } from "../support/cues.ts";
import { GUEST_PROGRAMS, tellGuest } from "../support/guest_story.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

Deno.test({
  name: "Linux gives the blocks of a thin disk back with fstrim and blkdiscard, and the image shrinks",
  ...requires(...GUEST_PROGRAMS),
  fn: async () => {
    await using scratch = await Scratch.make();
    const image = await sparse(scratch.path("disk.img"), 256 * MIB);
    // What the image takes up on the host's disk, each time that the guest names a moment of its story.
    const taken: Record<string, number> = {};
    await using cues = new Cues(async (moment) => {
      taken[moment] = ((await Deno.stat(image)).blocks ?? 0) * 512;
    });
    await whileServing({ images: [image] }, async ({ port, target, firstLun }) => {
      const variables = { PORTAL: `10.0.2.2:${port}`, TARGET: target, LUN: firstLun, CUES: cues.port };
      await tellGuest([{ file: "trim_guest.sh", variables }], { packages: ["util-linux"], timeout: 240 });
    });
    const { made = NaN, written = NaN, deleted = NaN, trimmed = NaN, rewritten = NaN, discarded = NaN } = taken;
    assert(written - made >= 64 * MIB, `${made} to ${written} bytes`);
    // Deleting a file gives nothing back by itself.
    assert(deleted >= written, `${written} to ${deleted} bytes`);
    // All but what the file system has written about itself since.
    assert(trimmed - made < MIB, `${made} to ${trimmed} bytes`);
    assert(rewritten >= 32 * MIB, `${rewritten} bytes`);
    assertEquals(discarded, 0);
    assertEquals((await Deno.stat(image)).size, 256 * MIB);
  },
});
