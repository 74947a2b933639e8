import { assertEquals, assertStringIncludes } from "@std/assert";
import { runInGuest } from "../../scripts/linux_vm.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const STORY = new URL("sg3_utils.sh", import.meta.url);

Deno.test({
  name: "sg3-utils decodes without complaint what a disk says of itself",
  ...requires("qemu-system-x86_64", "apt-get", "dpkg-deb"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("disk.img"), 64 << 20)];
    await whileServing({ images }, async ({ port, target, firstLun }) => {
      const variables = [`PORTAL=10.0.2.2:${port}`, `TARGET=${target}`, `LUN=${firstLun}`];
      const script = `${variables.map((line) => `export ${line}\n`).join("")}sh /story.sh`;
      const files = { "/story.sh": await Deno.readTextFile(STORY) };
      const { exitCode, output } = await runInGuest({ script, files, packages: ["sg3-utils"], timeout: 240 });
      assertEquals(exitCode, 0, output);
      assertStringIncludes(output, "== everything was decoded\n");
    });
  },
});
