import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createLog } from "../../../lib/cli/logging.ts";
import { Keeper } from "../../../lib/cli/workers/keeper.ts";
import { FakeCrew } from "../../support/fake_crew.ts";
import { KeptOutput } from "../../support/fake_host.ts";
import { workerJob } from "../../support/worker_job.ts";

const job = workerJob();

class Story {
  readonly crew = new FakeCrew();
  readonly stderr = new KeptOutput();
  readonly keeper = new Keeper({
    ...{ name: "1", spawn: this.crew.spawn, later: this.crew.later, now: this.crew.now, job: () => job },
    log: createLog(this.stderr, { level: "info", format: "text" }),
  });

  /** A worker that serves. */
  async serving(): Promise<this> {
    const ready = this.keeper.start();
    this.crew.latest("1").serve();
    await ready;
    return this;
  }
}

Deno.test("a keeper starts a worker, hears what it logs, and passes orders on", async () => {
  const { crew, keeper, stderr } = new Story();
  const ready = keeper.start();
  const thread = crew.latest("1");
  assertEquals(thread.orders, [{ kind: "serve", job }]);
  thread.onReport({ kind: "log", severity: "warn", message: "login refused", args: [{ peer: "192.0.2.1:9" }] });
  assertStringIncludes(stderr.text, "WARN  login refused peer=192.0.2.1:9\n");
  thread.serve(4711);
  assertEquals((await ready).portals, [{ hostname: "127.0.0.1", port: 4711 }]);
  keeper.tell([]);
  const ended = keeper.end("drain");
  assertEquals(thread.kinds, ["serve", "elsewhere", "drain"]);
  thread.onReport({ kind: "ended" });
  await ended;
  assertEquals([thread.ended, crew.threads.length], [true, 1]);
});

Deno.test("start() rejects when the worker cannot do its job, or cannot even begin", async () => {
  for (const lose of ["failed", "lost"]) {
    const { crew, keeper } = new Story();
    const ready = keeper.start();
    const thread = crew.latest("1");
    if (lose === "failed") thread.onReport({ kind: "failed", message: "Cannot open a.img: busy" });
    else thread.onLoss("Cannot open a.img: busy");
    await assertRejects(() => ready, Error, "Cannot open a.img: busy");
    assertEquals([thread.ended, crew.waiting], [true, []]);
    await keeper.end("stop");
  }
});

Deno.test("a keeper replaces a lost worker, later each time it is lost again at once", async () => {
  const { crew, stderr } = await new Story().serving();
  const delays: number[] = [];
  for (let losses = 0; losses < 9; losses++) {
    crew.latest("1").onReport({ kind: "died", reason: "Error: boom" });
    delays.push(crew.wait());
    if (losses % 2 === 0) crew.latest("1").serve();
  }
  assertEquals(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  assertEquals(crew.threads.map(({ ended }) => ended), [...Array(9).fill(true), false]);
  assertStringIncludes(
    stderr.text,
    `ERROR worker failed, another takes its place worker=1 reason="Error: boom" after="100 ms"`,
  );
  assertStringIncludes(stderr.text, "INFO  worker serves again worker=1\n");
});

Deno.test("a keeper forgets losses when a worker was well for a minute", async () => {
  const { crew } = await new Story().serving();
  crew.latest("1").onReport({ kind: "died", reason: "boom" });
  crew.wait();
  crew.latest("1").serve();
  crew.time += 60_000;
  crew.latest("1").onLoss("boom");
  assertEquals(crew.wait(), 100);
});

Deno.test("a keeper hears nothing of a worker that it has lost, but its log", async () => {
  const { crew, stderr } = await new Story().serving();
  const [first] = crew.threads;
  first?.onReport({ kind: "died", reason: "boom" });
  first?.onLoss("again");
  first?.onReport({ kind: "log", severity: "error", message: "image not closed cleanly", args: [] });
  assertEquals(crew.waiting.length, 1);
  assertStringIncludes(stderr.text, "image not closed cleanly");
});

Deno.test("end() needs no worker and starts none, and rejects when one is lost on the way", async () => {
  const waiting = await new Story().serving();
  waiting.crew.latest("1").onReport({ kind: "died", reason: "boom" });
  await waiting.keeper.end("drain");
  assertEquals([waiting.crew.waiting, waiting.crew.threads.length], [[undefined], 1]);

  const lost = await new Story().serving();
  const ended = lost.keeper.end("drain");
  lost.crew.latest("1").onReport({ kind: "died", reason: "boom" });
  await assertRejects(() => ended, Error, "Cannot end worker 1 in an orderly way: boom");
  assertEquals(lost.crew.waiting, []);
});

Deno.test("end() rejects when the worker could not write everything", async () => {
  const { crew, keeper } = await new Story().serving();
  const ended = keeper.end("stop");
  crew.latest("1").onReport({ kind: "ended", message: "Cannot flush a.img: no space left" });
  await assertRejects(() => ended, Error, "Cannot flush a.img: no space left");
});

Deno.test("start() rejects when the worker is stopped before it serves", async () => {
  const { crew, keeper } = new Story();
  const ready = keeper.start();
  const ended = keeper.end("stop");
  crew.latest("1").onReport({ kind: "ended" });
  await ended;
  await assertRejects(() => ready, Error, "Cannot wait for worker 1: it was stopped");
});
