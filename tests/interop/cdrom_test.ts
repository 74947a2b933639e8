import { assertEquals } from "@std/assert";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { run } from "../../scripts/command.ts";
import { GUEST_PROGRAMS, tellGuest } from "../support/guest_story.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { whileServing } from "../support/served.ts";

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
  name:
    "Linux mounts an ISO image as a CD-ROM, ejects it and loads it again, and its tools find their way on CDs and DVDs",
  ...requires(...GUEST_PROGRAMS, "genisoimage"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const { path, sums } = await makeIso(scratch);
    // What does not fit on a CD is a DVD.
    const dvd = scratch.path("dvd.iso");
    await Deno.copyFile(path, dvd);
    await Deno.truncate(dvd, 4 * 2 ** 30);
    await whileServing({ images: [path, dvd] }, async ({ port, target, firstLun }) => {
      const variables = { PORTAL: `10.0.2.2:${port}`, TARGET: target, LUN: firstLun };
      await tellGuest([{ file: "cdrom_guest.sh", variables }], {
        files: { "/expected": sums },
        packages: ["sg3-utils", "libcdio-utils", "dvd+rw-tools"],
        modules: ["sr_mod", "isofs"],
        timeout: 240,
      });
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
