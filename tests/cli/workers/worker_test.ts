import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Order, Report, WorkerJob } from "../../../lib/cli/workers/messages.ts";
import { spawnThread, type Thread } from "../../../lib/cli/workers/thread.ts";
import { encodeHex } from "../../../lib/bytes/encoding.ts";
import { connect } from "../../../lib/initiator/connect.ts";
import { Initiator } from "../../../lib/initiator/initiator.ts";
import { hex } from "../../support/hex.ts";
import { within } from "../../support/deadline.ts";
import type { Hook } from "../../support/hooked_worker.ts";
import { Scratch } from "../../support/scratch.ts";
import { workerJob } from "../../support/worker_job.ts";

const hooked = new URL("../../support/hooked_worker.ts", import.meta.url);

function jobOf(location: string, sizeIfMissing?: number): WorkerJob {
  const image = { location, lun: 0, readOnly: false, removable: false };
  return workerJob([sizeIfMissing === undefined ? image : { ...image, sizeIfMissing }]);
}

/** A real thread, and what it reports. */
class Story implements Disposable {
  readonly #thread: Thread;
  readonly #reports: Report[] = [];
  #heard: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  constructor(module?: URL) {
    this.#thread = spawnThread("1", module);
    this.#thread.onReport = (report) => {
      this.#reports.push(report);
      this.#heard.resolve();
    };
    this.#thread.onLoss = (reason) => this.#heard.reject(new Error(reason));
  }

  /** Gives an order; what comes of it. */
  async order(order: Order | Hook): Promise<Report> {
    this.#heard = Promise.withResolvers<void>();
    this.#thread.post(order as Order);
    await within(120, "the worker's report", this.#heard.promise);
    const report = this.#reports.at(-1);
    if (report === undefined) throw new Error("Cannot tell: nothing was reported");
    return report;
  }

  [Symbol.dispose](): void {
    this.#thread.end();
  }
}

Deno.test("a thread serves on a port of its own, gives up its own permissions only, and drains", async () => {
  await using scratch = await Scratch.make();
  const location = scratch.path("disk.img");
  using story = new Story(hooked);
  const ready = await story.order({ kind: "serve", job: jobOf(location, 1 << 20) });
  if (ready.kind !== "ready") throw new Error(`Cannot go on: ${JSON.stringify(ready)}`);
  const [portal] = ready.ready.portals;
  assertEquals(ready.ready.targets[0]?.luns[0]?.size, 1 << 20);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: portal?.port ?? 0 });
  assertEquals(conn.remoteAddr.port, portal?.port);
  assertEquals(await story.order({ kind: "permissions" }), {
    kind: "log",
    severity: "info",
    message: "permissions",
    args: [],
  });
  // Those of this thread are what they were.
  assertEquals(Deno.permissions.querySync({ name: "read" }).state, "granted");
  assertEquals(await story.order({ kind: "drain" }), { kind: "ended" });
});

Deno.test("a thread says why it cannot serve", async () => {
  using story = new Story();
  const report = await story.order({ kind: "serve", job: jobOf("/nonexistent/disk.img") });
  if (report.kind !== "failed") throw new Error(`Cannot go on: ${JSON.stringify(report)}`);
  assertStringIncludes(report.message, "Cannot open /nonexistent/disk.img: there is no such file");
});

Deno.test("a thread that dies says of what, leaves no lock on its images, and persistent reservations", async () => {
  await using scratch = await Scratch.make();
  const job = jobOf(scratch.path("disk.img"), 1 << 20);
  {
    using story = new Story(hooked);
    await using initiator = await logIn(await story.order({ kind: "serve", job }));
    assertEquals(
      await statuses(initiator, [
        // REGISTER with APTPL, then RESERVE: write exclusive.
        [hex("5f000000000000001800"), hex("0000000000000000 6b65792d6b657931 00000000 01 000000")],
        [hex("5f010100000000001800"), hex("6b65792d6b657931 0000000000000000 00000000 00 000000")],
      ]),
      [0, 0],
    );
    const report = await story.order({ kind: "die" });
    if (report.kind !== "died") throw new Error(`Cannot go on: ${JSON.stringify(report)}`);
    assertStringIncludes(report.reason, "Error: boom\n");
  }
  using successor = new Story();
  await using initiator = await logIn(await successor.order({ kind: "serve", job }));
  // The unit attention that tells of the start comes first.
  await initiator.execute(hex("000000000000"));
  const { data } = await initiator.execute(hex("5e010000000000001800"), { dataIn: 24 });
  assertEquals(encodeHex(data.subarray(8, 16)), "6b65792d6b657931");
  await initiator.logout();
  assertEquals(await successor.order({ kind: "stop" }), { kind: "ended" });
});

/** Logs in where a worker serves. */
async function logIn(report: Report): Promise<Initiator> {
  if (report.kind !== "ready") throw new Error(`Cannot log in: ${JSON.stringify(report)}`);
  const port = report.ready.portals[0]?.port ?? 0;
  const names = { initiatorName: "iqn.2026-01.example:host", targetName: "iqn.2026-01.example:a" };
  return await Initiator.login(await connect({ hostname: "127.0.0.1", port }), names);
}

/** Sends commands with data, after one that takes the unit attention; how they ended. */
async function statuses(initiator: Initiator, commands: readonly (readonly Uint8Array[])[]): Promise<number[]> {
  await initiator.execute(hex("000000000000"));
  const found: number[] = [];
  for (const [cdb = hex(""), dataOut = hex("")] of commands) {
    found.push((await initiator.execute(cdb, { dataOut })).status);
  }
  return found;
}
