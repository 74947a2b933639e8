import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../scripts/command.ts";
import { runInGuest } from "../../scripts/linux_vm.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;
const STORY = new URL("linux_guest.sh", import.meta.url);

Deno.test({
  name: "Linux makes file systems on two LUNs, and its data survives unmount, dropped caches and logout",
  ...requires("qemu-system-x86_64", "apt-get", "dpkg-deb", "e2fsck"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("a.img"), 256 * MIB), await sparse(scratch.path("b.img"), 128 * MIB)];
    await whileServing({ images }, async ({ port, target, firstLun }) => {
      const variables = [
        `PORTAL=10.0.2.2:${port}`,
        `TARGET=${target}`,
        ...[`LUN=${firstLun}`, `SECOND_LUN=${firstLun + 1}`],
      ];
      const script = `${variables.map((line) => `export ${line}\n`).join("")}sh /story.sh`;
      const files = { "/story.sh": await Deno.readTextFile(STORY) };
      const { exitCode, output } = await runInGuest({ script, files, timeout: 240 });
      assertEquals(exitCode, 0, output);
      assertStringIncludes(output, "== story complete\n");
    });
    // The guest is gone; what it left in the files must be sound for anybody.
    for (const image of images) await run(["e2fsck", "-fn", image]);
  },
});
