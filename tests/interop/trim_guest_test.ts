import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runInGuest } from "../../scripts/linux_vm.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const STORY = new URL("trim_guest.sh", import.meta.url);
const MIB = 1024 * 1024;

Deno.test({
  name: "Linux gives the blocks of a thin disk back with fstrim and blkdiscard, and the image shrinks",
  ...requires("qemu-system-x86_64", "apt-get", "dpkg-deb"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const image = await sparse(scratch.path("disk.img"), 256 * MIB);
    await using witness = new SpaceWitness(image);
    await whileServing({ images: [image] }, async ({ port, target, firstLun }) => {
      const variables = [
        `PORTAL=10.0.2.2:${port}`,
        `TARGET=${target}`,
        `LUN=${firstLun}`,
        `WITNESS=${witness.port}`,
      ];
      const script = `${variables.map((line) => `export ${line}\n`).join("")}sh /story.sh`;
      const files = { "/story.sh": await Deno.readTextFile(STORY) };
      const { exitCode, output } = await runInGuest({ script, files, packages: ["util-linux"], timeout: 240 });
      assertEquals(exitCode, 0, output);
      assertStringIncludes(output, "== story complete\n");
    });
    const [made, written, deleted, trimmed, rewritten, discarded] = witness.seen(
      ["made", "written", "deleted", "trimmed", "rewritten", "discarded"],
    );
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

/** Notes what an image takes up on the host's disk, each time that the guest names a moment of its story. */
class SpaceWitness implements AsyncDisposable {
  readonly #image: string;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #taken = new Map<string, number>();
  readonly #serving: Promise<void>;

  constructor(image: string) {
    this.#image = image;
    this.#serving = this.#serve();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Bytes on disk at each of the moments. */
  seen<T extends readonly string[]>(moments: readonly [...T]): { [K in keyof T]: number } {
    return moments.map((moment) => this.#taken.get(moment) ?? NaN) as { [K in keyof T]: number };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      using open = connection;
      const line = new Uint8Array(64);
      const length = await open.read(line) ?? 0;
      const moment = new TextDecoder().decode(line.subarray(0, length)).trim();
      this.#taken.set(moment, ((await Deno.stat(this.#image)).blocks ?? 0) * 512);
      await open.write(new TextEncoder().encode("seen\n"));
    }
  }
}
