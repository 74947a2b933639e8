import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { run } from "../../scripts/command.ts";
import { runInGuest } from "../../scripts/linux_vm.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { whileServing } from "../support/served.ts";

const STORY = new URL("cdrom_guest.sh", import.meta.url);

/** An image with two files, and what sha256sum says of them. */
async function makeIso(scratch: Scratch): Promise<{ readonly path: string; readonly sums: string }> {
  const folder = scratch.path("tree");
  await Deno.mkdir(`${folder}/deep`, { recursive: true });
  const files = { "deep/random.bin": crypto.getRandomValues(new Uint8Array(60_000)), "hello.txt": text("hello\n") };
  let sums = "";
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
    sums += `${encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}  ./${name}\n`;
  }
  const path = scratch.path("disc.iso");
  await run(["genisoimage", "-quiet", "-rock", "-volid", "LUNBOX", "-o", path, folder]);
  return { path, sums };
}

function text(line: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(line);
}

Deno.test({
  name: "Linux mounts an ISO image as a CD-ROM, ejects it and loads it again, and libcdio finds its way on it",
  ...requires("qemu-system-x86_64", "apt-get", "dpkg-deb", "genisoimage"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const { path, sums } = await makeIso(scratch);
    await whileServing({ images: [path] }, async ({ port, target, firstLun }) => {
      const variables = [`PORTAL=10.0.2.2:${port}`, `TARGET=${target}`, `LUN=${firstLun}`];
      const script = `${variables.map((line) => `export ${line}\n`).join("")}sh /story.sh`;
      const files = { "/story.sh": await Deno.readTextFile(STORY), "/expected": sums };
      const { exitCode, output } = await runInGuest({
        ...{ script, files, timeout: 240 },
        packages: ["sg3-utils", "libcdio-utils"],
        modules: ["sr_mod", "isofs"],
      });
      assertEquals(exitCode, 0, output);
      assertStringIncludes(output, "== disc complete\n");
    });
  },
});

Deno.test({
  name: "QEMU reads a CD-ROM",
  ...requires("qemu-img", "genisoimage"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const { path } = await makeIso(scratch);
    const copy = scratch.path("copy.iso");
    await whileServing({ images: [path] }, async ({ url }) => {
      await run(["qemu-img", "convert", "-f", "raw", "-O", "raw", url(), copy]);
    });
    assertEquals(await Deno.readFile(copy), await Deno.readFile(path));
  },
});
