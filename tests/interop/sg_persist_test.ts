import { assertEquals, assertStringIncludes } from "@std/assert";
import { runInGuest } from "../../scripts/linux_vm.ts";
import { STORY_PROGRAMS } from "../support/linux_story.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const STORY = new URL("reservations_guest.sh", import.meta.url);

Deno.test({
  name: "sg_persist of Linux registers, reserves, moves, preempts and clears, and understands every answer",
  ...requires(...STORY_PROGRAMS),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("disk.img"), 64 << 20)];
    await whileServing({ images }, async ({ port, target, firstLun }) => {
      const { exitCode, output } = await runInGuest({
        script: `export PORTAL=10.0.2.2:${port} TARGET=${target} LUN=${firstLun}\nsh /story.sh`,
        files: { "/story.sh": await Deno.readTextFile(STORY) },
        packages: ["sg3-utils"],
        timeout: 240,
      });
      assertEquals(exitCode, 0, output);
      assertStringIncludes(output, "== story complete\n");
    });
  },
});
