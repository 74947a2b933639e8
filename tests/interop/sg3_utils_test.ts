import { assertEquals, assertStringIncludes } from "@std/assert";
import { runInGuest } from "../../scripts/linux_vm.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { secondPort, sparse, whileServing } from "../support/served.ts";

const STORY = new URL("sg3_utils.sh", import.meta.url);

Deno.test({
  name: "sg3-utils decodes without complaint what a disk says of itself, and of its paths",
  ...requires("qemu-system-x86_64", "apt-get", "dpkg-deb"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("disk.img"), 64 << 20)];
    // The guest is behind NAT: where a front would send it, 127.0.0.1, it is itself.
    const second = secondPort();
    const args = ["--listen", `127.0.0.1:${second.listen},group=2,access=standby`, "--explicit-alua"];
    await whileServing({ images, args }, async ({ port, target, firstLun }) => {
      const portals = [`PORTAL=10.0.2.2:${port}`, `SECOND=10.0.2.2:${second.target}`];
      const variables = [...portals, `TARGET=${target}`, `LUN=${firstLun}`];
      const script = `${variables.map((line) => `export ${line}\n`).join("")}sh /story.sh`;
      const files = { "/story.sh": await Deno.readTextFile(STORY) };
      const { exitCode, output } = await runInGuest({ script, files, packages: ["sg3-utils"], timeout: 240 });
      assertEquals(exitCode, 0, output);
      assertStringIncludes(output, "== everything was decoded\n");
    });
  },
});
