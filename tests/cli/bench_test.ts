import { assert, assertEquals, assertRejects } from "@std/assert";
import { bench } from "../../lib/cli/bench.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { DEFAULT_INITIATOR_NAME } from "../../lib/initiator/discover.ts";
import { LoginRefusedError } from "../../lib/initiator/errors.ts";
import type { LoadOptions, LoadResult } from "../../lib/load/run.ts";
import { Tally } from "../../lib/load/tally.ts";
import { FakeHost, KeptOutput } from "../support/fake_host.ts";

const target = "iqn.2026-11.io.lunbox:box.disk";
const url = `iscsi://127.0.0.1:3261/${target}/4`;

function result(interrupted = false): LoadResult {
  const tally = new Tally();
  tally.counting = true;
  tally.record(false, 1);
  return {
    unit: { vendor: "ACME", product: "Disk", blockSize: 512, blocks: 8, maxTransfer: Infinity },
    parameters: {
      ...{ headerDigest: false, dataDigest: false, initialR2T: true, immediateData: true, errorRecoveryLevel: 0 },
      ...{ targetMaxRecvDataSegmentLength: 1, maxRecvDataSegmentLength: 1, maxBurstLength: 1, firstBurstLength: 1 },
    },
    ...{ span: 4096, seconds: 2, tally, interrupted },
  };
}

interface Ran {
  readonly code: number;
  readonly host: FakeHost;
  readonly options: LoadOptions;
}

/** Runs the command on a machine whose server, process 7, has used a second more at each look. */
async function ran(
  args: readonly string[],
  options: { host?: FakeHost; env?: Record<string, string>; run?: (options: LoadOptions) => Promise<LoadResult> } = {},
): Promise<Ran> {
  const host = options.host ?? new FakeHost([], { env: options.env ?? {} });
  let asked: LoadOptions | undefined;
  let looks = 0;
  let own = 0;
  const code = await bench(host, args, {
    run(load) {
      asked = load;
      if (options.run !== undefined) return options.run(load);
      for (const phase of ["connecting", "warming up", "measuring", "ending"] as const) load.phase?.(phase);
      return Promise.resolve(result());
    },
    secrets: {
      askSecret: () => undefined,
      readSecretFile: () => Promise.resolve({ text: `${target} carol carolssecret` }),
    },
    times: () => ({
      secondsOf: (pid) => pid === 7 ? looks++ : undefined,
      listenerOf: ({ port }) => port === 3261 ? 7 : undefined,
      own: () => own += 0.5,
      close: () => {},
    }),
    seed: () => 99,
  });
  assert(asked !== undefined, "there was no load");
  assertEquals(host.signal(), false, "signals are still taken");
  return { code, host, options: asked };
}

Deno.test("bench() reads 4 KiB at random places with 32 in flight unless it is told other", async () => {
  const { code, host, options } = await ran([url]);
  const { phase: _, signal: __, ...plan } = options;
  assertEquals(code, 0);
  assertEquals(plan, {
    portal: { hostname: "127.0.0.1", port: 3261 },
    login: { initiatorName: DEFAULT_INITIATOR_NAME, targetName: target, digests: { header: false, data: false } },
    ...{ lun: 4, depth: 32, size: 4096, readPercent: 100, random: true, sessions: 1, verify: false },
    ...{ duration: 10, warmUp: 2, timeout: 30_000, seed: 99 },
  });
  assert(host.stdout.text.startsWith(url), host.stdout.text);
  assert(host.stdout.text.includes("CPU of the server (process 7): 50 % of a core"), host.stdout.text);
  assert(host.stdout.text.includes("CPU of this program: 25 % of a core"), host.stdout.text);
  assertEquals(host.stderr.text, "");
});

Deno.test("bench() does what its options say", async () => {
  const words =
    "-d 4 -b 64K --reads 70 --destroy-data --sequential --sessions 16 -t 0.5 --warm-up 0 --span 1G --seed 5";
  const { options } = await ran([
    url,
    ...words.split(" "),
    "--header-digest",
    "--data-digest",
    "--initiator",
    "iqn.2001-04.com.example:me",
  ]);
  assertEquals(
    [options.depth, options.size, options.readPercent, options.random, options.sessions],
    [4, 65536, 70, false, 16],
  );
  assertEquals([options.duration, options.warmUp, options.span, options.seed], [0.5, 0, 2 ** 30, 5]);
  assertEquals(options.login.digests, { header: true, data: true });
  assertEquals(options.login.initiatorName, "iqn.2001-04.com.example:me");
});

Deno.test("bench() verifies a part of the LUN unless it is told how much", async () => {
  assertEquals((await ran([url, "--verify", "--destroy-data"])).options.span, 2 ** 28);
  assertEquals((await ran([url, "--verify", "--destroy-data", "--span", "1M"])).options.span, 2 ** 20);
});

for (const args of [["--reads", "99"], ["--reads", "0"], ["--verify"]]) {
  Deno.test(`bench() destroys nothing unless it is told that it may: ${args.join(" ")}`, async () => {
    await assertRejects(() => ran([url, ...args]), UsageError, "say --destroy-data if it may be");
  });
}

const secret = "a secret that is long";

Deno.test("bench() logs in by CHAP with the user and secret of the URL, the environment or a file", async () => {
  const withUser = url.replace("//", "//alice@");
  const env = { LUNBOX_CHAP_SECRET: secret };
  assertEquals((await ran([withUser], { env })).options.login.chap, { user: "alice", secret });
  assertEquals((await ran([url, "--chap", "bob"], { env })).options.login.chap, { user: "bob", secret });
  const { host, options } = await ran([url.replace("//", "//alice:opensesame1@")], { env });
  assertEquals(options.login.chap, { user: "alice", secret: "opensesame1" });
  assert(host.stderr.text.startsWith("Warning: others on this machine can see the secret"));
  assertEquals(host.stdout.text.includes("opensesame1"), false);
  await assertRejects(() => ran([withUser, "--chap", "bob"], { env }), UsageError, "names a user already");
});

Deno.test("bench() prints JSON for programs", async () => {
  const { host } = await ran([url, "--json"]);
  assertEquals(JSON.parse(host.stdout.text).reads.operations, 1);
});

Deno.test("bench() prints what there is when it is interrupted", async () => {
  const host = new FakeHost();
  const { code } = await ran([url], {
    host,
    run(options) {
      host.signal();
      assertEquals(options.signal?.aborted, true);
      // Nobody takes the second one: it ends the process.
      assertEquals(host.signal(), false);
      return Promise.resolve(result(true));
    },
  });
  assertEquals(code, 130);
  assert(host.stdout.text.includes("interrupted"));
});

Deno.test("bench() tells people at a terminal what goes on, and takes it back", async () => {
  const stderr = new KeptOutput({ isTerminal: true });
  await ran([url], { host: new FakeHost([], { stderr }) });
  assertEquals(stderr.text.split("\r\x1b[K"), ["connecting …", "warming up …", "measuring …", "ending …", ""]);
});

Deno.test("bench() knows nothing of the processes of other machines, unless it is told", async () => {
  const other = url.replace("127.0.0.1", "192.0.2.1");
  assertEquals((await ran([other])).host.stdout.text.includes("CPU of the server"), false);
  assertEquals((await ran([other, "--server-pid", "7"])).host.stdout.text.includes("(process 7)"), true);
  await assertRejects(() => ran([url, "--server-pid", "8"]), UsageError, "Cannot use --server-pid 8");
});

for (
  const args of [
    ...[[], ["nas"], [url, "more"], [url, "--depth", "0"], [url, "-d", "x"], [url, "-b", "0"], [url, "-b", "1G"]],
    ...[[url, "--reads", "101"], [url, "--reads", "-1"], [url, "--sessions", "0"], [url, "-t", "0"], [url, "-t", "1h"]],
    ...[[url, "--warm-up", "x"], [url, "--span", "x"], [url, "--seed", "1.5"], [url, "--initiator", "me"]],
  ]
) {
  Deno.test(`bench() refuses [${args.join(" ")}]`, async () => {
    await assertRejects(() => ran(args), UsageError);
  });
}

const failures: readonly (readonly [thrown: Error, expected: string, usage: boolean])[] = [
  [
    new Deno.errors.ConnectionRefused("Connection refused (os error 111)"),
    "Cannot reach 127.0.0.1:3261: connection refused",
    false,
  ],
  [new RangeError("Cannot use requests of 3 bytes"), "Cannot use requests of 3 bytes", true],
  [new Error("Cannot log in: no"), "Cannot log in: no", false],
  [
    new LoginRefusedError(0x0203),
    "Cannot log in: the target says not found (0203h); lunbox discover 127.0.0.1:3261 lists its targets",
    false,
  ],
  [new TypeError("x is not a function"), "x is not a function", false],
];

for (const [thrown, expected, usage] of failures) {
  Deno.test(`bench() says "${expected}"`, async () => {
    const error = await assertRejects(() => ran([url], { run: () => Promise.reject(thrown) }), Error);
    assertEquals([error.message, error instanceof UsageError], [expected, usage]);
  });
}
