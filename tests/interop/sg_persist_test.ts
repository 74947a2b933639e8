import { GUEST_PROGRAMS, tellGuest } from "../support/guest_story.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

Deno.test({
  name: "sg_persist of Linux registers, reserves, moves, preempts and clears, and understands every answer",
  ...requires(...GUEST_PROGRAMS),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("disk.img"), 64 << 20)];
    await whileServing({ images }, async ({ port, target, firstLun }) => {
      const variables = { PORTAL: `10.0.2.2:${port}`, TARGET: target, LUN: firstLun };
      await tellGuest([{ file: "reservations_guest.sh", variables }], { packages: ["sg3-utils"], timeout: 240 });
    });
  },
});
