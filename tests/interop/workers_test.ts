import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../scripts/command.ts";
import { createLog } from "../../lib/cli/logging.ts";
import type { ServePlan } from "../../lib/cli/serve_plan.ts";
import { Fleet } from "../../lib/cli/workers/fleet.ts";
import type { Order } from "../../lib/cli/workers/messages.ts";
import { spawnThread, type Thread } from "../../lib/cli/workers/thread.ts";
import { eventually } from "../support/eventually.ts";
import { KeptOutput } from "../support/fake_host.ts";
import type { Hook } from "../support/hooked_worker.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const MIB = 1 << 20;

Deno.test({
  name: "libiscsi and QEMU find targets of several workers, are sent on from the first port, and see what they may",
  ...requires("iscsi-ls", "iscsi-inq", "qemu-img"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const folder = scratch.directory;
    const image = await sparse(`${folder}/disk.img`, 16 * MIB);
    const other = await sparse(`${folder}/other.img`, 8 * MIB);
    const source = `${folder}/source`;
    await Deno.writeFile(source, crypto.getRandomValues(new Uint8Array(65536)));
    await Deno.truncate(source, 8 * MIB);
    const args = ["--image", `${other},target=iqn.2026-01.example:other`, "--allow", "iqn.2008-11.org.linux-kvm*"];
    args.push("--allow", "iqn.2007-10.com.github:sahlberg:libiscsi:*");
    await whileServing({ images: [image], args, workers: 2 }, async ({ portal, port, target, url, log }) => {
      const found = (await run(["iscsi-ls", `iscsi://${portal}`])).trim().split("\n").toSorted();
      // The neighbour that makes up the number is on the first worker: it is dealt out third.
      assertEquals(
        found,
        [
          `Target:${target} Portal:127.0.0.1:${port + 1},1`,
          `Target:iqn.2026-01.example:other Portal:127.0.0.1:${port + 2},1`,
          `Target:${target}.neighbour-1 Portal:127.0.0.1:${port + 1},1`,
        ].toSorted(),
      );
      // Every port tells of all targets.
      const behind = (await run(["iscsi-ls", `iscsi://127.0.0.1:${port + 2}`])).trim().split("\n").toSorted();
      assertEquals(behind, found);
      assertEquals(await run(["iscsi-ls", "-i", "iqn.2026-01.example:stranger", `iscsi://${portal}`]), "");

      const there = `iscsi://${portal}/iqn.2026-01.example:other/0`;
      await run(["qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", source, there], { timeout: 60_000 });
      await run(["qemu-img", "compare", "-f", "raw", "-F", "raw", source, there], { timeout: 60_000 });
      assertMatch(log(), new RegExp(`login sent on .*moved to 127.0.0.1:${port + 2}"`));
      assertStringIncludes(await run(["iscsi-inq", url()]), "DIRECT_ACCESS");
      assertMatch(log(), new RegExp(`login sent on .*moved to 127.0.0.1:${port + 1}"`));
    });
    await run(["cmp", source, other]);
  },
});

/** Two targets, each on a worker of its own, which can be told to die. */
class House implements AsyncDisposable {
  readonly stderr = new KeptOutput();
  readonly threads: { readonly name: string; readonly thread: Thread }[] = [];
  readonly #fleet: Fleet;

  private constructor(images: readonly string[]) {
    const plan: ServePlan = {
      targets: images.map((location, i) => ({
        name: `iqn.2026-01.example:${i + 1}`,
        images: [{ location, lun: 0, readOnly: false, removable: false }],
        maps: [],
      })),
      listen: [{ hostname: "127.0.0.1", port: 0 }],
      limits: {},
      queueDepth: 128,
      workers: images.length,
      quiet: false,
      logLevel: "info",
      logFormat: "text",
    };
    this.#fleet = new Fleet({
      plan,
      log: createLog(this.stderr, { level: "info", format: "text" }),
      spawn: (name) => {
        const thread = spawnThread(name, new URL("../support/hooked_worker.ts", import.meta.url));
        this.threads.push({ name, thread });
        return thread;
      },
      later: (milliseconds, then) => {
        const timer = setTimeout(then, milliseconds);
        return () => clearTimeout(timer);
      },
      now: () => performance.now(),
    });
  }

  static async start(images: readonly string[]): Promise<House> {
    const house = new House(images);
    await house.#fleet.start();
    return house;
  }

  /** A disk at the port at which everybody is sent on. */
  url(target: number): string {
    return `iscsi://127.0.0.1:${this.#fleet.portals[0]?.port}/iqn.2026-01.example:${target}/0`;
  }

  /** Makes a worker come upon an error that nobody has expected. */
  kill(name: string): void {
    const hook: Hook = { kind: "die" };
    this.threads.findLast((one) => one.name === name)?.thread.post(hook as unknown as Order);
  }

  /** How often the log has a line. */
  count(pattern: RegExp): number {
    return this.stderr.text.split("\n").filter((line) => pattern.test(line)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fleet.drain();
  }
}

Deno.test({
  name: "initiators come through the death of a worker with all that they wrote, and others do not notice",
  ...requires("qemu-img", "qemu-io"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const [one = "", two = ""] = await Promise.all(["1", "2"].map((name) => sparse(scratch.path(name), 64 * MIB)));
    {
      await using house = await House.start([one, two]);
      const write = (target: number, pattern: number): Promise<string> => {
        const load = ["-w", "--pattern", String(pattern), "-c", "16384", "-d", "16", "-s", "4096", "-S", "4096"];
        return run(["qemu-img", "bench", "-f", "raw", "-t", "none", ...load, house.url(target)], { timeout: 120_000 });
      };
      const writing = Promise.all([write(1, 65), write(2, 66)]);
      await eventually("the first login", () => house.count(/login peer=.*target=iqn\.2026-01\.example:1 /) > 0);
      house.kill("1");
      await writing;
      // One login at first, and one after the death; nobody else had to.
      assertEquals(house.count(/worker failed, another takes its place worker=1 reason=.*boom/), 1);
      const logins = [1, 2].map((target) =>
        house.count(new RegExp(`login peer=.*target=iqn.2026-01.example:${target} `))
      );
      assertEquals(logins, [2, 1], house.stderr.text);
      for (const [target, pattern] of [[1, 65], [2, 66]] as const) {
        await run(["qemu-io", "-f", "raw", "-r", "-c", `read -P ${pattern} 0 64M`, house.url(target)], {
          timeout: 60_000,
        });
      }
    }
    // What was lost on the way came again, and nothing else.
    for (const [path, byte] of [[one, 65], [two, 66]] as const) {
      assert((await Deno.readFile(path)).every((value) => value === byte), path);
    }
  },
});

Deno.test({
  name: "every worker, and the front, is replaced after the program has given up its permissions",
  ignore: Deno.build.os === "windows" || requires("iscsi-inq").ignore,
  fn: async () => {
    await using scratch = await Scratch.make();
    const image = await sparse(scratch.path("disk.img"), MIB);
    const main = new URL("../support/failing_server.ts", import.meta.url).pathname;
    await whileServing({ images: [image], workers: 2, main }, async ({ pid, url, log }) => {
      // The banner is the last that is printed before.
      await eventually("the banner", () => log().includes("Ctrl-C finishes"));
      Deno.kill(pid, "SIGUSR2");
      for (const name of ["front", "1", "2"]) {
        await eventually(`the successor of ${name}`, () => log().includes(`worker serves again worker=${name}\n`));
      }
      assertStringIncludes(await run(["iscsi-inq", url()]), "DIRECT_ACCESS");
    });
  },
});
