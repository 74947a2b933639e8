/**
 * A busy LUN beside one whose disk hardly answers: what does the busy one notice?
 *
 * The slow disk is a file that `qemu-storage-daemon` shows through FUSE, throttled to one operation a second.
 *
 * @module
 */

import type { Scratch } from "../../tests/support/scratch.ts";
import { run, stop } from "../command.ts";
import { LUNBOX, ownWords, type Work, workOf } from "./clients.ts";
import type { Contender } from "./contenders.ts";
import type { Load } from "./loads.ts";

/** What the busy LUN's initiator saw, alone and beside the stalled LUN. */
export interface Disturbance {
  readonly contender: string;
  readonly alone: Work;
  readonly beside: Work;
  /** What the stalled LUN did meanwhile, a second. */
  readonly stalledRate: number;
}

const busy: Load = { name: "busy", title: "", client: "lunbox", depth: 8, size: 4096, reads: 100, random: true };

/** Requests that wait for the slow disk. */
const STUCK = 16;

/** Measures a server with the image and a stalled one. */
export async function measureStalled(
  contender: Contender,
  { image, seconds, scratch }: { image: string; seconds: number; scratch: Scratch },
): Promise<Disturbance> {
  await using slow = await SlowFile.mount(scratch);
  const served = await contender.start([image, slow.path]);
  try {
    const load = async (load: Load, url: string, seconds: number, warmUp: number) => {
      const times = ["--duration", String(seconds), "--warm-up", String(warmUp)];
      return workOf(await run([...LUNBOX, ...ownWords(load, url), ...times], { timeout: 180_000 }));
    };
    const alone = await load(busy, served.url(0), seconds, 1);
    // What is stuck lasts longer than the measurement: it is begun before and ends after.
    const stuck = load({ ...busy, depth: STUCK }, served.url(1), seconds + 2, 3);
    stuck.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const beside = await load(busy, served.url(0), seconds, 1);
    return { contender: contender.name, alone, beside, stalledRate: (await stuck).rate };
  } finally {
    await served.stop();
  }
}

/** A file that answers one operation a second. */
class SlowFile implements AsyncDisposable {
  readonly path: string;
  readonly #daemon: Deno.ChildProcess;

  private constructor(path: string, daemon: Deno.ChildProcess) {
    this.path = path;
    this.#daemon = daemon;
  }

  static async mount(scratch: Scratch): Promise<SlowFile> {
    const [file, path] = [scratch.path("slow.img"), scratch.path("slow")];
    await run(["truncate", "-s", "64M", file]);
    await Deno.writeFile(path, new Uint8Array(0));
    const daemon = new Deno.Command("qemu-storage-daemon", {
      args: [
        ...["--object", "throttle-group,id=limit,x-iops-total=1"],
        ...["--blockdev", `driver=file,filename=${file},node-name=file`],
        ...["--blockdev", "driver=throttle,throttle-group=limit,file=file,node-name=slow"],
        ...["--export", `type=fuse,id=export,node-name=slow,mountpoint=${path},writable=on`],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const slow = new SlowFile(path, daemon);
    for (let tries = 0; (await Deno.stat(path)).size === 0; tries++) {
      if (tries === 200) throw new Error("Cannot mount a slow file: qemu-storage-daemon shows nothing");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return slow;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    stop(this.#daemon, "SIGTERM");
    await this.#daemon.status;
  }
}
