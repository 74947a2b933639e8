import { assertEquals } from "@std/assert";
import type { ServePlan } from "../../../lib/cli/serve_plan.ts";
import type { ServingOptions } from "../../../lib/cli/serving.ts";
import type { RemoteTarget, Report, WorkerJob } from "../../../lib/cli/workers/messages.ts";
import { LAST_MOMENTS, Work } from "../../../lib/cli/workers/work.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";

const plan: ServePlan = {
  targets: [{
    name: "iqn.2026-01.example:a",
    alias: "A",
    images: [{ location: "a.img", lun: 3, readOnly: false, removable: false, blockSize: 4096 }],
    maps: [],
  }],
  listen: [{ hostname: "127.0.0.1", port: 0 }],
  allow: ["iqn.x"],
  limits: {},
  queueDepth: 7,
  workers: 2,
  quiet: false,
  logLevel: "info",
  logFormat: "text",
};

const remote: RemoteTarget = {
  name: "iqn.2026-01.example:b",
  alias: "B",
  portals: [{ hostname: "127.0.0.1", port: 3262, portalGroup: 1 }],
};

const job: WorkerJob = { plan, elsewhere: [], memory: 1 << 20 };

/** A worker, and what it does. */
class Story {
  readonly events: string[] = [];
  readonly reports: Report[] = [];
  options: ServingOptions | undefined;
  readonly paused = Promise.withResolvers<void>();
  /** What goes wrong, by its name. */
  failing: { open?: Promise<never>; opening?: Promise<void>; start?: Error; drain?: Error; stop?: Promise<never> } = {};
  readonly work = new Work({
    post: (report) => this.reports.push(structuredClone(report)),
    close: () => this.events.push("gone"),
  }, {
    open: async ({ location }) => {
      await this.failing.opening;
      await this.failing.open;
      this.events.push(`open ${location}`);
      const store = new MemoryStore(8192, { blockSize: 4096 });
      return { store, release: () => void this.events.push(`close ${location}`) };
    },
    server: (options) => {
      this.options = options;
      return {
        portals: [{ hostname: "127.0.0.1", port: 4711 }],
        finished: Promise.resolve(),
        start: () => this.#did("start", this.failing.start),
        drain: () => this.#did("drain", this.failing.drain),
        stop: () => this.failing.stop ?? this.#did("stop"),
        addTarget: ({ name }) => void this.events.push(`add ${name}`),
      };
    },
    confine: (keep) => void this.events.push(`confine to ${keep.join() || "nothing"}`),
    pause: (milliseconds) => {
      this.events.push(`wait ${milliseconds}`);
      return this.paused.promise;
    },
  });

  #did(what: string, error?: Error): Promise<void> {
    this.events.push(what);
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  }
}

Deno.test("a worker opens its images, serves, gives up its permissions, and drains", async () => {
  const story = new Story();
  await story.work.obey({ kind: "serve", job: { ...job, elsewhere: [remote] } });
  assertEquals(story.reports, [{
    kind: "ready",
    ready: {
      portals: [{ hostname: "127.0.0.1", port: 4711 }],
      targets: [{
        name: "iqn.2026-01.example:a",
        alias: "A",
        luns: [{ lun: 3, location: "a.img", size: 8192, blockSize: 4096, readOnly: false }],
      }],
    },
  }]);
  assertEquals(story.options?.memory, 1 << 20);
  assertEquals(
    story.options?.targets.map(({ name, allow, luns, elsewhere }) => [name, allow, luns?.length, elsewhere]),
    [
      ["iqn.2026-01.example:a", ["iqn.x"], 1, undefined],
      ["iqn.2026-01.example:b", ["iqn.x"], undefined, remote.portals],
    ],
  );
  await story.work.obey({ kind: "drain" });
  assertEquals(story.events, ["open a.img", "start", "confine to nothing", "drain", "close a.img", "gone"]);
  assertEquals(story.reports.at(-1), { kind: "ended" });
});

Deno.test("a worker that registers with an iSNS server may still connect", async () => {
  const story = new Story();
  await story.work.obey({
    kind: "serve",
    job: { ...job, plan: { ...plan, isns: { hostname: "registry", port: 3205 } } },
  });
  assertEquals([story.events.at(-1), story.options?.isns], ["confine to net", { hostname: "registry", port: 3205 }]);
});

Deno.test("a worker learns what the others have", async () => {
  const story = new Story();
  const serving = story.work.obey({ kind: "serve", job });
  await story.work.obey({ kind: "elsewhere", targets: [remote] });
  await serving;
  assertEquals(story.events.at(-1), "add iqn.2026-01.example:b");
});

Deno.test("a worker says why it cannot serve, and keeps nothing open", async () => {
  const story = new Story();
  story.failing.start = new Error("Cannot listen on 127.0.0.1:3261: something else does already");
  await story.work.obey({ kind: "serve", job });
  assertEquals(story.events, ["open a.img", "start", "close a.img", "gone"]);
  assertEquals(story.reports, [{ kind: "failed", message: story.failing.start.message }]);
  await story.work.obey({ kind: "stop" });
  assertEquals(story.events.length, 4);
});

Deno.test("a worker that is stopped while it opens images does not begin to listen", async () => {
  const story = new Story();
  const { promise, resolve } = Promise.withResolvers<void>();
  story.failing.opening = promise;
  const serving = story.work.obey({ kind: "serve", job });
  const stopped = story.work.obey({ kind: "stop" });
  resolve();
  await Promise.all([serving, stopped]);
  assertEquals(story.events, ["open a.img", "close a.img", "gone"]);
  assertEquals(story.reports, [{ kind: "ended" }]);
});

Deno.test("a worker says what it could not write", async () => {
  const story = new Story();
  await story.work.obey({ kind: "serve", job });
  story.failing.drain = new Error("Cannot flush a.img: no space left");
  await story.work.obey({ kind: "drain" });
  assertEquals(story.reports.at(-1), { kind: "ended", message: "Cannot flush a.img: no space left" });
});

Deno.test("a second order to end finds nothing left to close, and is not answered again", async () => {
  const story = new Story();
  await story.work.obey({ kind: "serve", job });
  await Promise.all([story.work.obey({ kind: "drain" }), story.work.obey({ kind: "stop" })]);
  assertEquals(story.events.slice(3).toSorted(), ["close a.img", "drain", "gone", "stop"]);
  assertEquals(story.reports.map(({ kind }) => kind), ["ready", "ended"]);
});

Deno.test("die() lets running I/O end before it says so, once", async () => {
  const story = new Story();
  await story.work.obey({ kind: "serve", job });
  await Promise.all([story.work.die("Error: boom"), story.work.die("Error: again")]);
  assertEquals(story.events.slice(3).filter((event) => event !== `wait ${LAST_MOMENTS}`), [
    "stop",
    "close a.img",
    "gone",
  ]);
  assertEquals(story.reports.slice(1), [{ kind: "died", reason: "Error: boom" }]);
});

Deno.test("die() does not wait for ever", async () => {
  const story = new Story();
  await story.work.obey({ kind: "serve", job });
  story.failing.stop = new Promise<never>(() => {});
  story.paused.resolve();
  await story.work.die("Error: boom");
  assertEquals(story.events.slice(3), [`wait ${LAST_MOMENTS}`, "gone"]);
});
