import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/initiator/connect.ts";
import { Initiator } from "../../lib/initiator/initiator.ts";
import { run } from "../../scripts/command.ts";
import { eventually } from "../support/eventually.ts";
import { Scratch } from "../support/scratch.ts";
import { serveLunbox, sparse } from "../support/served.ts";

const MIB = 1024 * 1024;
const SESSIONS = 1000;
const TEST_UNIT_READY = new Uint8Array(6);

/** Bytes of memory that a process has (VmRSS), and has had at most (VmHWM; proc(5)). */
function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kib) * 1024;
}

Deno.test({
  name: `${SESSIONS} idle sessions add at most 100 MiB to the server`,
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using scratch = await Scratch.make();
    const served = await serveLunbox({ images: [await sparse(scratch.path("disk.img"), 16 * MIB)] });
    const sessions: Initiator[] = [];
    const open = async () => {
      const transport = await connect({ hostname: "127.0.0.1", port: served.port });
      const initiatorName = `iqn.2001-04.com.example:idle-${sessions.length}`;
      const session = await Initiator.login(transport, { initiatorName, targetName: served.target });
      sessions.push(session);
      // The first command hears the unit attention; the second one works.
      assertEquals((await session.execute(TEST_UNIT_READY)).status, 2);
      assertEquals((await session.execute(TEST_UNIT_READY)).status, 0);
    };
    try {
      // What is compiled and warmed up by the first sessions does not count.
      while (sessions.length < 20) await open();
      const before = memoryOf(served.pid, "VmRSS");
      while (sessions.length < SESSIONS + 20) await open();
      const added = memoryOf(served.pid, "VmRSS") - before;
      assert(added <= 100 * MIB, `${SESSIONS} sessions added ${Math.round(added / MIB)} MiB`);
      assert(sessions.every((session) => !session.closed), "sessions were lost");
    } finally {
      for (const session of sessions) session.close();
      await served.stop();
    }
  },
});

/** What buffers for data may take together, and what may be on its way when that is reached: for each session two. */
const LENT = 256 * MIB;
const UNASKED = 16 * 2 * (MIB / 4 + 1024);

Deno.test({
  name: "a storm of writes of 1 MiB by 16 sessions with 128 in flight takes what it may, and memory comes back",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using scratch = await Scratch.make();
    const served = await serveLunbox({ images: [await sparse(scratch.path("disk.img"), 256 * MIB)] });
    try {
      const bench = (...words: string[]) =>
        run([Deno.execPath(), "run", "-A", MAIN, "bench", served.url(), "--json", "--warm-up", "0", ...words]);
      await bench("--duration", "0.2");
      const before = memoryOf(served.pid, "VmRSS");
      const storm = ["--sessions", "16", "--depth", "128", "--block-size", "1M", "--reads", "0", "--destroy-data"];
      await bench("--duration", "3", ...storm);
      const most = memoryOf(served.pid, "VmHWM") - before;
      // Two gigabytes are what is in flight.
      assert(most > 64 * MIB && most <= LENT + UNASKED + 64 * MIB, `it took ${Math.round(most / MIB)} MiB`);
      await eventually(
        `all but 128 MiB of ${Math.round(most / MIB)} MiB to come back`,
        () => memoryOf(served.pid, "VmRSS") - before <= 128 * MIB,
      );
    } finally {
      await served.stop();
    }
  },
});

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
