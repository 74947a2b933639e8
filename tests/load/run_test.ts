import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Transport } from "../../lib/initiator/channel.ts";
import { connect } from "../../lib/initiator/connect.ts";
import { LoginRefusedError } from "../../lib/initiator/errors.ts";
import { CommandFailedError, VerifyError } from "../../lib/load/errors.ts";
import {
  type LoadOptions,
  type LoadPortal,
  type LoadResult,
  type LoadWorld,
  type Phase,
  runLoad,
} from "../../lib/load/run.ts";
import { Server, type ServerOptions } from "../../lib/server.ts";
import { ArrayStore } from "../support/array_store.ts";
import { freePort } from "../support/portal.ts";

const TARGET = "iqn.2026-11.com.example:load";
const MIB = 1 << 20;

/** Serves a disk of 1 MiB to a load of 16 requests of 4 KiB, half of them writes, for a moment. */
async function load(
  different: Partial<LoadOptions> = {},
  options: {
    store?: ArrayStore;
    during?: (phase: Phase, store: ArrayStore) => void;
    after?: () => void;
    server?: ServerOptions;
    connect?: LoadWorld["connect"];
  } = {},
): Promise<{ result: LoadResult; store: ArrayStore; phases: Phase[] }> {
  const { store = new ArrayStore(MIB, { blockSize: 512 }) } = options;
  const listen = [{ hostname: "127.0.0.1", port: 0 }];
  const server = new Server({ listen, targets: [{ name: TARGET, luns: [{ lun: 0, store }] }], ...options.server });
  await server.start();
  const phases: Phase[] = [];
  try {
    const result = await runLoad({
      portal: { hostname: "127.0.0.1", port: server.portals[0]?.port ?? 0 },
      login: { initiatorName: "iqn.2026-11.com.example:initiator", targetName: TARGET },
      ...{ lun: 0, depth: 16, size: 4096, readPercent: 50, random: true, sessions: 2, verify: false },
      ...{ duration: 0.05, warmUp: 0.01, timeout: 10_000, seed: 1, ...different },
      phase(phase) {
        phases.push(phase);
        options.during?.(phase, store);
      },
    }, { connect: options.connect ?? connect, now: () => performance.now() });
    return { result, store, phases };
  } finally {
    options.after?.();
    await server.stop();
    assertEquals([server.connections, server.memoryInUse], [0, 0]);
  }
}

Deno.test("runLoad() learns what the unit is, works, and counts what was done", async () => {
  const { result, store, phases } = await load();
  const { unit, tally, span, seconds, interrupted, parameters } = result;
  assertEquals([unit.vendor, unit.blockSize, unit.blocks], ["LUNBOX", 512, 2048]);
  assertEquals([span, interrupted, parameters.dataDigest], [MIB, false, false]);
  assertEquals(phases, ["connecting", "warming up", "measuring", "ending", "ending"]);
  assert(seconds > 0 && tally.reads.count > 0 && tally.writes.count > 0);
  assert(store.data.some((byte) => byte !== 0));
});

Deno.test("runLoad() writes nothing when all requests read", async () => {
  const { result, store } = await load({ readPercent: 100, random: false });
  assert(result.tally.reads.count > 0);
  assertEquals(result.tally.writes.count, 0);
  assert(store.data.every((byte) => byte === 0));
});

Deno.test("runLoad() keeps to the span", async () => {
  const { result, store } = await load({ readPercent: 0, span: 65536 });
  assertEquals(result.span, 65536);
  assert(store.data.subarray(65536).every((byte) => byte === 0));
});

for (const digests of [false, true]) {
  Deno.test(`runLoad() compares what it reads with what it has written (digests: ${digests})`, async () => {
    const login = {
      initiatorName: "iqn.2026-11.com.example:initiator",
      targetName: TARGET,
      digests: { header: digests, data: digests },
    };
    const { result, phases } = await load({ verify: true, login });
    // Every place once in the end, and what was read before.
    assert(result.tally.verified >= 256, `${result.tally.verified} reads`);
    assertEquals(phases.filter((phase) => phase !== "ending"), [
      ...["connecting", "filling", "warming up", "measuring", "checking"] as const,
    ]);
  });
}

const lies: readonly (readonly [what: string, spoil: (data: Uint8Array) => void, words: RegExp])[] = [
  ["a bit that has changed", (data) => data[40_000] = (data[40_000] ?? 0) ^ 4, /byte 40000 is wrong; .* in one piece/],
  [
    "a block of another place",
    (data) => data.copyWithin(512, 8192, 8704),
    /byte 512 is wrong; .* belongs to byte 8192/,
  ],
  ["a block that was lost", (data) => data.fill(0, 1024, 1536), /byte 1024 is wrong; .* in one piece/],
];

for (const [what, spoil, words] of lies) {
  Deno.test(`runLoad() finds ${what}`, async () => {
    const during = (phase: Phase, { data }: ArrayStore) => {
      if (phase === "checking") spoil(data);
    };
    const error = await assertRejects(() => load({ verify: true }, { during }), VerifyError);
    assert(words.test(error.message), error.message);
  });
}

Deno.test("runLoad() finds a write that was lost, and one of another run", async () => {
  const store = new ArrayStore(MIB, { blockSize: 512 });
  let old = new Uint8Array(0);
  const during = (phase: Phase) => {
    if (phase === "warming up") old = store.data.slice();
    if (phase === "checking") store.data.set(old);
  };
  const lost = await assertRejects(() => load({ verify: true, readPercent: 0 }, { store, during }), VerifyError);
  assert(/is generation 1 where \d+ was written/.test(lost.message), lost.message);
  const other = (phase: Phase) => {
    if (phase === "warming up") store.data.set(old);
  };
  const run = await assertRejects(() => load({ verify: true, readPercent: 100, seed: 2 }, { store, during: other }));
  assert(run instanceof VerifyError && run.message.endsWith("is from another run"), String(run));
});

Deno.test("runLoad() ends early when it is told to, with what was measured until then", async () => {
  for (const at of ["connecting", "filling", "warming up", "measuring", "checking"] as const) {
    const controller = new AbortController();
    const { result } = await load({ verify: true, duration: 3600, signal: controller.signal }, {
      during(phase) {
        if (phase === at) queueMicrotask(() => controller.abort());
        // The last phase is only reached when the one before has ended.
        if (phase === "measuring" && at === "checking") setTimeout(() => controller.abort(), 20);
      },
    });
    assertEquals(result.interrupted, true);
  }
});

Deno.test("runLoad() follows a target that has moved", async () => {
  await using moved = new Moved();
  await moved.start();
  const { result } = await load({ portal: moved.portal }, { server: moved.server });
  assert(result.tally.operations > 0);
});

/** A portal that sends everybody on to another server, which listens where it was told. */
class Moved implements AsyncDisposable {
  readonly #front: Server;
  readonly #port = freePort();

  constructor() {
    const redirect = { address: `127.0.0.1:${this.#port}`, permanent: false };
    this.#front = new Server({
      listen: [{ hostname: "127.0.0.1", port: 0, redirect }],
      targets: [{ name: TARGET, luns: [] }],
    });
  }

  get portal(): { hostname: string; port: number } {
    return { hostname: "127.0.0.1", port: this.#front.portals[0]?.port ?? 0 };
  }

  get server(): ServerOptions {
    return { listen: [{ hostname: "127.0.0.1", port: this.#port }] };
  }

  async start(): Promise<void> {
    await this.#front.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#front.stop();
  }
}

const mismatches: readonly (readonly [different: Partial<LoadOptions>, words: string])[] = [
  [{ size: 1000 }, "the LUN has blocks of 512"],
  [{ span: 2048 }, "1 requests of 4096 have to fit"],
  [{ verify: true, span: 65536 }, "64 requests of 4096 have to fit"],
];

for (const [different, words] of mismatches) {
  Deno.test(`runLoad() refuses what does not suit the unit: ${JSON.stringify(different)}`, async () => {
    await assertRejects(() => load(different), RangeError, words);
  });
}

Deno.test("runLoad() says why there is no load", async () => {
  await assertRejects(() => load({ lun: 3 }), Error, "Cannot use LUN 3: the target has no such logical unit");
  const login = { initiatorName: "iqn.2026-11.com.example:initiator", targetName: "iqn.2026-11.com.example:none" };
  await assertRejects(() => load({ login }), LoginRefusedError);
  const readOnly = new ArrayStore(MIB, { blockSize: 512, readOnly: true });
  await assertRejects(() => load({}, { store: readOnly }), CommandFailedError, "WRITE PROTECTED");
});

Deno.test("runLoad() leaves no session behind when one of them cannot log in", async () => {
  const open = new Set<Transport>();
  let connections = 0;
  const flaky = async (portal: LoadPortal): Promise<Transport> => {
    // The first is there to look at the unit.
    if (++connections === 2) throw new Error("Cannot connect: no route");
    const transport = await connect(portal);
    const close = transport.close.bind(transport);
    transport.close = () => {
      open.delete(transport);
      close();
    };
    open.add(transport);
    return transport;
  };
  let left = -1;
  const options = { connect: flaky, after: () => left = open.size };
  await assertRejects(() => load({ sessions: 4 }, options), Error, "no route");
  assertEquals([connections, left], [5, 0]);
});

Deno.test("runLoad() leaves no timer behind when a request fails", async () => {
  const store = new ArrayStore(MIB, { blockSize: 512, readOnly: true });
  await assertRejects(() => load({ duration: 3600, warmUp: 3600 }, { store }), CommandFailedError);
});

Deno.test("runLoad() gives up a target that is silent", async () => {
  const store = new ArrayStore(MIB, { blockSize: 512 });
  const silent = Promise.withResolvers<void>();
  const read = store.read.bind(store);
  store.read = (into, at) => silent.promise.then(() => read(into, at));
  const silence = { store, after: () => silent.resolve() };
  await assertRejects(() => load({ readPercent: 100, timeout: 100 }, silence), Error, "has not answered for 100");
});
