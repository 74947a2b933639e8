import { assertEquals } from "@std/assert";
import { installed, run, stop } from "../../scripts/command.ts";
import { ReadRing } from "../../lib/store/file_ring.ts";
import { within } from "../support/deadline.ts";
import { eventually } from "../support/eventually.ts";
import { Prng } from "../support/prng.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";

const MIB = 1024 * 1024;
const SIZE = 64 * MIB;
const PAGE = 4096;
/** Reads that are underway at a time, and how many of the hung disk there will be. */
const DEPTH = 64;
const HUNG = 12;

/** Whether this user may have file systems whose server is a program. */
function fuse(): boolean {
  try {
    return Deno.statSync("/dev/fuse").isCharDevice === true && (Deno.uid() === 0 || installed("fusermount3"));
  } catch {
    return false;
  }
}

/** A file that somebody serves who can be stopped. */
async function servedFile(path: string): Promise<Deno.ChildProcess> {
  await Deno.writeFile(path, new Uint8Array(0));
  const node = `driver=null-co,node-name=disk,size=${SIZE},read-zeroes=on`;
  const mount = `type=fuse,id=mount,node-name=disk,mountpoint=${path}`;
  const server = new Deno.Command("qemu-storage-daemon", { args: ["--blockdev", node, "--export", mount] }).spawn();
  await eventually("a file that somebody serves", () => Deno.statSync(path).size === SIZE, 20);
  return server;
}

Deno.test({
  name: "reads through a ring go on while threads of the runtime wait for a disk that hangs",
  ...fuse() ? requires("qemu-storage-daemon") : { ignore: true },
  fn: async () => {
    await using scratch = await Scratch.make();
    const path = scratch.path("cold.img");
    await Deno.writeFile(path, new Uint8Array(SIZE).fill(1));
    // What is not on the disk cannot be forgotten.
    await run(["sync", path]);
    await run(["dd", `of=${path}`, "oflag=nocache", "conv=notrunc", "count=0", "status=none"]);
    const ring = await ReadRing.open({ path, info: await Deno.stat(path) });
    if (ring === undefined) return;
    const hanging = scratch.path("hangs.img");
    const server = await servedFile(hanging);
    const files = await Promise.all(Array.from({ length: HUNG }, () => Deno.open(hanging)));
    for (const [i, file] of files.entries()) file.seekSync(i * MIB, Deno.SeekMode.Start);
    const hung: Promise<unknown>[] = [];
    const prng = new Prng(3);
    let done = 0;
    const reader = async () => {
      const into = new Uint8Array(PAGE);
      while (done < 300 * (HUNG + 2)) {
        assertEquals(await ring.read(into, prng.below(SIZE / PAGE) * PAGE), PAGE);
        if (++done % 300 === 0) hung.push(...files.slice(hung.length, hung.length + 1).map((file) => file.read(into)));
      }
    };
    try {
      stop(server, "SIGSTOP");
      await within(20, "a disk that does not hang", Promise.all(Array.from({ length: DEPTH }, reader)));
      assertEquals(hung.length, HUNG);
    } finally {
      stop(server, "SIGCONT");
      await Promise.all(hung);
      for (const file of files) file.close();
      await ring.close();
      stop(server, "SIGTERM");
      await server.status;
    }
  },
});
