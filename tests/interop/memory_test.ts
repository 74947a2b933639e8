import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/initiator/connect.ts";
import { Initiator } from "../../lib/initiator/initiator.ts";
import { Scratch } from "../support/scratch.ts";
import { serveLunbox, sparse } from "../support/served.ts";

const MIB = 1024 * 1024;
const SESSIONS = 1000;
const TEST_UNIT_READY = new Uint8Array(6);

/** Bytes of memory that a process has (proc(5), VmRSS). */
function residentOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
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
      const before = residentOf(served.pid);
      while (sessions.length < SESSIONS + 20) await open();
      const added = residentOf(served.pid) - before;
      assert(added <= 100 * MIB, `${SESSIONS} sessions added ${Math.round(added / MIB)} MiB`);
      assert(sessions.every((session) => !session.closed), "sessions were lost");
    } finally {
      for (const session of sessions) session.close();
      await served.stop();
    }
  },
});
