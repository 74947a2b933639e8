import { assertEquals, assertRejects } from "@std/assert";
import { createLog } from "../../../lib/cli/logging.ts";
import type { ServePlan } from "../../../lib/cli/serve_plan.ts";
import { Fleet } from "../../../lib/cli/workers/fleet.ts";
import type { WorkerJob } from "../../../lib/cli/workers/messages.ts";
import { FakeCrew, type FakeThread } from "../../support/fake_crew.ts";
import { KeptOutput } from "../../support/fake_host.ts";
import { workerJob } from "../../support/worker_job.ts";

const plan: ServePlan = {
  ...workerJob().plan,
  targets: ["a", "b", "c"].map((end) => ({ name: `iqn.2026-01.example:${end}`, alias: end, images: [], maps: [] })),
  listen: [{ hostname: "0.0.0.0", port: 3260 }, { hostname: "127.0.0.1", port: 0, portalGroup: 2 }],
  advertise: { hostname: "nas", port: 4000 },
  isns: { hostname: "registry", port: 3205 },
};

const chap = {
  accounts: new Map([["iqn.2026-01.example:a", [{ user: "alice", secret: Uint8Array.of(1, 2) }]]]),
  algorithms: ["MD5"],
  shortSecrets: true,
  longestDelay: 5000,
  warnings: [],
};

class Story {
  readonly crew = new FakeCrew();
  readonly fleet: Fleet;

  constructor(change: Partial<ServePlan> = {}) {
    const log = createLog(new KeptOutput(), { level: "info", format: "text" });
    const { spawn, later, now } = this.crew;
    this.fleet = new Fleet({ plan: { ...plan, ...change }, chap, log, spawn, later, now });
  }

  /** Everybody serves. */
  async start(): Promise<this> {
    const started = this.fleet.start();
    this.crew.latest("1").serve(5000);
    this.crew.latest("2").serve(6000);
    // The front comes last: only then is it known where the targets are.
    while (this.crew.threads.length < 3) await Promise.resolve();
    this.crew.latest("front").serve(7000);
    await started;
    return this;
  }
}

function jobOf(thread: FakeThread): WorkerJob {
  const [order] = thread.orders;
  if (order?.kind !== "serve") throw new Error("Cannot tell: nobody has said what to do");
  return order.job;
}

/** Names of targets, each with the ports at which it is. */
function drawn(targets: readonly { name: string; portals: readonly { port: number }[] }[]): string[] {
  return targets.map(({ name, portals }) => [name.slice(-1), ...portals.map(({ port }) => port)].join(" "));
}

Deno.test("a fleet shares targets out, each worker with ports of its own, and CHAP for all", async () => {
  const { crew } = await new Story().start();
  const rows = crew.threads.map((thread) => {
    const { plan: { targets, listen, advertise, isns }, memory } = jobOf(thread);
    return [
      thread.name,
      targets.map(({ alias }) => alias).join(""),
      listen.map(({ port, advertise = [] }) => [port, ...advertise.map(({ port }) => port)].join("=")).join(" "),
      advertise,
      isns?.hostname,
      memory >> 20,
    ];
  });
  assertEquals(rows, [
    ["1", "ac", "3261=4001 0=4001", undefined, undefined, 128],
    ["2", "b", "3262=4002 0=4002", undefined, undefined, 128],
    ["front", "", "3260=4000 0=4000", undefined, "registry", 128],
  ]);
  for (const thread of crew.threads) assertEquals(jobOf(thread).chap, chap);
});

Deno.test("a fleet splits the bound for memory, but leaves each worker enough", async () => {
  const { fleet, crew } = new Story({ workers: 3 });
  const started = fleet.start();
  assertEquals(jobOf(crew.latest("3")).memory, Math.floor((256 << 20) / 3));
  const many = new Story({
    workers: 16,
    targets: Array.from({ length: 16 }, (_, i) => ({ name: `iqn.2026-01.example:${i}`, images: [], maps: [] })),
  });
  const other = many.fleet.start();
  assertEquals(jobOf(many.crew.latest("16")).memory, 32 << 20);
  for (const thread of [...crew.threads, ...many.crew.threads]) thread.onLoss("enough");
  await Promise.all([assertRejects(() => started), assertRejects(() => other)]);
});

Deno.test("a fleet tells everybody where the others' targets are, in the order of the portals", async () => {
  const { crew, fleet } = await new Story().start();
  assertEquals(drawn(jobOf(crew.latest("front")).elsewhere), ["a 3261 5001", "c 3261 5001", "b 3262 6001"]);
  assertEquals(jobOf(crew.latest("front")).elsewhere[0], {
    name: "iqn.2026-01.example:a",
    alias: "a",
    portals: [
      { hostname: "0.0.0.0", port: 3261, portalGroup: 1, advertise: [{ hostname: "nas", port: 4001 }] },
      { hostname: "127.0.0.1", port: 5001, portalGroup: 2, advertise: [{ hostname: "nas", port: 4001 }] },
    ],
  });
  const told = ["1", "2"].map((name) => {
    const order = crew.latest(name).orders[1];
    return order?.kind === "elsewhere" ? drawn(order.targets) : [];
  });
  assertEquals(told, [["b 3262 6001"], ["a 3261 5001", "c 3261 5001"]]);
  assertEquals(fleet.portals.map(({ port }) => port), [3260, 7001]);
  assertEquals(drawn(fleet.served.map(({ name, portals = [] }) => ({ name, portals }))), [
    "a 3261 5001",
    "b 3262 6001",
    "c 3261 5001",
  ]);
});

const successors: readonly (readonly [name: string, elsewhere: string[], ports: number[]])[] = [
  ["2", ["a 3261 5001", "c 3261 5001"], [3262, 6001]],
  ["front", ["a 3261 5001", "c 3261 5001", "b 3262 6001"], [3260, 7001]],
];

for (const [name, elsewhere, ports] of successors) {
  Deno.test(`a fleet gives the successor of ${name} its ports, and tells it where the others are`, async () => {
    const { crew } = await new Story().start();
    crew.latest(name).onReport({ kind: "died", reason: "boom" });
    crew.wait();
    const job = jobOf(crew.latest(name));
    assertEquals(crew.threads.length, 4);
    assertEquals(job.plan.listen.map(({ port }) => port), ports);
    assertEquals(drawn(job.elsewhere), elsewhere);
  });
}

Deno.test("a fleet of which a worker cannot serve stops the others, and says why", async () => {
  const { crew, fleet } = new Story();
  const started = fleet.start();
  crew.latest("1").serve();
  crew.latest("2").onReport({ kind: "failed", message: "Cannot open b.img: it is being served already" });
  while (crew.latest("1").kinds.at(-1) !== "stop") await Promise.resolve();
  crew.latest("1").onReport({ kind: "ended" });
  await assertRejects(() => started, Error, "Cannot open b.img: it is being served already");
  assertEquals(crew.threads.map(({ name, ended }) => [name, ended]), [["1", true], ["2", true]]);
});

Deno.test("a fleet says how to do without a port that is taken", async () => {
  const { crew, fleet } = new Story();
  const started = fleet.start();
  crew.latest("1").onReport({ kind: "failed", message: "Cannot listen on 0.0.0.0:3261: something else does already" });
  crew.latest("2").onReport({ kind: "ended" });
  await assertRejects(() => started, Error, "already; with --workers 1 only the port of --listen is needed");
});

Deno.test("drain() asks all workers, waits for the last one, and finishes", async () => {
  const { crew, fleet } = await new Story().start();
  let finished = false;
  const all = fleet.finished.then(() => finished = true);
  const drained = fleet.drain();
  assertEquals(crew.threads.map(({ kinds }) => kinds.at(-1)), ["drain", "drain", "drain"]);
  crew.threads.slice(1).forEach((thread) => thread.onReport({ kind: "ended" }));
  await Promise.resolve();
  assertEquals(finished, false);
  crew.latest("1").onReport({ kind: "ended" });
  await Promise.all([drained, all]);
});

type End = (thread: FakeThread) => void;

const endsWell: End = (thread) => thread.onReport({ kind: "ended" });
const unflushed: End = ({ name, onReport }) =>
  onReport({ kind: "ended", message: `Cannot flush ${name}.img: no space` });
const lost: End = (thread) => thread.onLoss("boom");

// How workers 1 and 2 and the front end, and what is said of it.
const badEnds: readonly (readonly [ends: readonly End[], message: string])[] = [
  [[unflushed, endsWell, endsWell], "Cannot flush 1.img: no space"],
  [[endsWell, lost, endsWell], "Cannot end worker 2 in an orderly way: boom"],
  [[unflushed, unflushed, endsWell], "Cannot flush 1.img: no space; Cannot flush 2.img: no space"],
  [
    [unflushed, endsWell, lost],
    "Cannot end worker front in an orderly way: boom; Cannot flush 1.img: no space",
  ],
];

for (const [ends, message] of badEnds) {
  Deno.test(`drain() rejects with "${message}"`, async () => {
    const { crew, fleet } = await new Story().start();
    const drained = fleet.drain();
    crew.threads.forEach((thread, i) => ends[i]?.(thread));
    const errors = await Promise.all([drained, fleet.finished].map((one) => assertRejects(() => one, Error)));
    assertEquals(errors.map((error) => error.message), [message, message]);
  });
}
