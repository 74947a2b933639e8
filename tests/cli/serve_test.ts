import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { serve } from "../../lib/cli/serve.ts";
import type { ServingOptions } from "../../lib/cli/serving.ts";
import type { TargetOptions } from "../../lib/target/target.ts";
import { FakeHost } from "../support/fake_host.ts";
import { FakeServices } from "../support/fake_services.ts";

Deno.test("serve() opens the images, starts, prints the banner, and drains at the first signal", async () => {
  const host = new FakeHost();
  const services = new FakeServices();
  const running = serve(host, ["-i", "a.img", "-i", "b.img,ro", "--listen", "127.0.0.1:0"], services);
  await services.started.promise;
  assertStringIncludes(host.stdout.text, "serves iqn.2026-11.io.lunbox:box.a\n");
  assertStringIncludes(host.stdout.text, "-p 127.0.0.1:49152 --login\n");
  assertStringIncludes(
    host.stderr.text,
    "INFO  serving target=iqn.2026-11.io.lunbox:box.a portals=127.0.0.1:49152 luns=2",
  );
  host.signal("SIGTERM");
  services.drained.resolve();
  assertEquals(await running, 0);
  assertEquals(services.events, ["open a.img", "open b.img", "start", "drain", "close a.img", "close b.img"]);
  assertEquals(host.signal(), false);
});

Deno.test("serve() gives up its permissions once it listens and all is printed", async () => {
  const host = new FakeHost();
  const services = new FakeServices();
  let before = "";
  host.confine = () => {
    before = [...services.events, host.stdout.text.includes("Portal")].join(", ");
  };
  const running = serve(host, ["-i", "a.img"], services);
  await services.started.promise;
  services.finished.resolve();
  await running;
  assertEquals(before, "open a.img, start, true");
});

Deno.test("serve() stops at once at the second signal and ends with 130", async () => {
  const host = new FakeHost();
  const services = new FakeServices();
  const running = serve(host, ["-i", "a.img"], services);
  await services.started.promise;
  host.signal();
  await services.drainBegun.promise;
  host.time += 1000;
  host.signal();
  assertEquals(await running, 130);
  assertEquals(services.events, ["open a.img", "start", "drain", "stop", "close a.img"]);
});

Deno.test("serve() ends when the server does, and with its error", async () => {
  const services = new FakeServices();
  const running = serve(new FakeHost(), ["-i", "a.img"], services);
  await services.started.promise;
  services.finished.reject(new Error("Cannot accept: descriptor limit"));
  await assertRejects(() => running, Error, "Cannot accept: descriptor limit");
  assertEquals(services.events.at(-1), "close a.img");
});

Deno.test("serve() closes what it opened when a later image cannot be opened", async () => {
  const services = new FakeServices();
  services.failing.open = "b.img";
  const host = new FakeHost();
  await assertRejects(() => serve(host, ["-i", "a.img", "-i", "b.img"], services), Error, "Cannot open b.img: busy");
  assertEquals(services.events, ["open a.img", "close a.img"]);
  assertEquals(host.stdout.text, "");
  assertEquals(host.signal(), false);
});

Deno.test("serve() closes what it opened when it cannot listen", async () => {
  const services = new FakeServices();
  services.failing.start = true;
  await assertRejects(() => serve(new FakeHost(), ["-i", "a.img"], services), Error, "Cannot listen on");
  assertEquals(services.events, ["open a.img", "close a.img"]);
});

Deno.test("serve() says when there is nothing to do for as many workers", async () => {
  const services = new FakeServices();
  const host = new FakeHost();
  const running = serve(host, ["-i", "a.img", "--workers", "2"], services);
  await services.started.promise;
  services.finished.resolve();
  assertEquals(await running, 0);
  assertStringIncludes(host.stderr.text, "WARN  more workers than targets: each target is served by one workers=1\n");
  assertEquals((await served("-i", "a.img", "--workers", "1")).host.stderr.text.includes("WARN"), false);
});

Deno.test("serve() opens nothing when the arguments make no sense", async () => {
  const services = new FakeServices();
  await assertRejects(() => serve(new FakeHost(), ["-i", "a.img", "-l", "0.0.0.0"], services), UsageError);
  assertEquals(services.events, []);
});

/** What the server was asked to serve. */
async function served(...args: string[]): Promise<{ options: ServingOptions; host: FakeHost }> {
  const host = new FakeHost();
  const services = new FakeServices();
  const running = serve(host, args, services);
  await services.started.promise;
  services.finished.resolve();
  await running;
  if (services.options === undefined) throw new Error("Cannot tell: the server was not made");
  return { options: services.options, host };
}

/** The first target. */
function targetOf({ targets: [target] }: ServingOptions): TargetOptions {
  if (target === undefined) throw new Error("Cannot tell: nothing is served");
  return target;
}

Deno.test("serve() tells the server everything that was said", async () => {
  const image = "a.img,lun=5,ro,block=4096,physical=8192,alignment=1,serial=S1,vendor=ACME,product=Disk,revision=2," +
    "removable,thick";
  const { options } = await served(
    "-i",
    image,
    "--alias",
    "x",
    "--allow",
    "any",
    "--queue-depth",
    "7",
    "--advertise",
    "nas",
  );
  const { luns, ...target } = targetOf(options);
  assertEquals(options.advertise, { hostname: "nas", port: 3260 });
  assertEquals(target, {
    ...{ name: "iqn.2026-11.io.lunbox:box.a", alias: "x", allow: ["*"], queueDepth: 7 },
    ...{ limits: {}, lunMaps: [] },
  });
  const { store: _store, onFault: _onFault, ...unit } = luns?.[0] ?? {};
  assertEquals(unit, {
    lun: 5,
    readOnly: true,
    removable: true,
    thin: false,
    blockSize: 4096,
    physicalBlockSize: 8192,
    lowestAlignedLba: 1,
    id: "0123456789abcdef0123456789abcdef",
    serial: "S1",
    vendor: "ACME",
    product: "Disk",
    revision: "2",
  });
});

Deno.test("serve() gives each target the asymmetric access that portals ask for", async () => {
  const portals = ["-l", "127.0.0.1", "-l", "127.0.0.2,group=2,access=standby,preferred"];
  const { options } = await served("-i", "a.img", "-i", "b.img,target=b", "--explicit-alua", ...portals);
  const expected = { explicit: true, states: { 2: "standby" }, preferred: [2] } as const;
  assertEquals(options.targets.map(({ alua }) => alua), [expected, expected]);
});

Deno.test("serve() warns when there is no LUN 0", async () => {
  assertStringIncludes((await served("-i", "a.img,lun=5")).host.stderr.text, "WARN  there is no LUN 0");
  assertEquals((await served("-i", "a.img")).host.stderr.text.includes("WARN"), false);
});

Deno.test("serve() logs the faults of a unit with its image", async () => {
  const { options, host } = await served("-i", "a.img");
  targetOf(options).luns?.[0]?.onFault?.(new Error("Cannot read a.img at byte 0: input/output error"));
  assertStringIncludes(host.stderr.text, `ERROR fault image=a.img lun=0 reason="Cannot read a.img at byte 0:`);
});

Deno.test("serve() prints nothing but the log when quiet", async () => {
  const { host } = await served("-i", "a.img", "--quiet");
  assertEquals([host.stdout.text, host.stderr.text], ["", ""]);
});

Deno.test("serve() gives up opening images when it is told to stop meanwhile", async () => {
  const host = new FakeHost();
  const services = new FakeServices();
  const open = services.open.bind(services);
  services.open = (image) => {
    host.signal();
    return open(image);
  };
  assertEquals(await serve(host, ["-i", "a.img", "-i", "b.img"], services), 0);
  assertEquals(services.events, ["open a.img", "close a.img"]);
});

Deno.test("serve() ends at the third signal although an image does not open", async () => {
  for (const workers of [[], ["-i", "b.img,target=b", "--workers", "2"]]) {
    const host = new FakeHost();
    const services = new FakeServices();
    const asked = Promise.withResolvers<void>();
    const forever = Promise.withResolvers<never>();
    const hang = () => {
      asked.resolve();
      return forever.promise;
    };
    services.open = hang;
    const fleet = services.fleet.bind(services);
    services.fleet = (options) => Object.assign(fleet(options), { start: hang });
    const running = serve(host, ["-i", "a.img", ...workers], services);
    await asked.promise;
    for (let i = 0; i < 3; i++) {
      host.signal();
      host.time += 1000;
    }
    assertEquals(await running, 130);
    assertEquals(services.events, []);
  }
});

Deno.test("serve() tells the server who may come in, what they see, and where they are sent", async () => {
  const args = ["-i", "a.img", "-l", "0.0.0.0,group=2", "--allow-from", "192.0.2.0/24", "--chap-file", "users"];
  args.push("--map", "eui.*,5=0:ro", "--max-sessions", "3", "--max-connections", "4", "--redirect", "nas,permanent");
  args.push("--chap-algorithms", "sha256,md5", "--isns", "registry");
  const { options, host } = await served(...args);
  const { luns: _luns, ...target } = targetOf(options);
  assertEquals(options.listen, [{ hostname: "0.0.0.0", port: 3260, portalGroup: 2 }]);
  assertEquals(target, {
    name: "iqn.2026-11.io.lunbox:box.a",
    allowFrom: ["192.0.2.0/24"],
    chap: [{ user: "alice", secret: "a good secret" }],
    shortSecrets: false,
    lunMaps: [{ initiators: ["eui.*"], luns: [{ lun: 5, unit: 0, readOnly: true }] }],
    limits: { sessions: 3, connections: 4 },
    redirect: { address: "nas:3260", permanent: true },
    queueDepth: 128,
  });
  assertEquals(options.chap, { algorithms: ["SHA256", "MD5"], shortSecrets: false, throttle: { longest: 5000 } });
  assertEquals(options.isns, { hostname: "registry", port: 3205 });
  assertStringIncludes(host.stderr.text, "WARN  beware");
  assertStringIncludes(host.stdout.text, "CHAP        asks for the secret of alice\n");
  assertStringIncludes(host.stdout.text, "from 192.0.2.0/24\n");
  assertStringIncludes(host.stdout.text, "Redirect    logins are sent to nas:3260\n");
  assertStringIncludes(host.stdout.text, "node.session.auth.username -v alice\n");
  assertEquals(host.stdout.text.includes("a good secret"), false);
});

Deno.test("serve() says how to discover with CHAP, where discovery asks for it", async () => {
  for (const [args, user] of [[[], undefined], [["--chap-discovery"], "bob"]] as const) {
    const host = new FakeHost([], { env: { LUNBOX_CHAP_SECRET: "another good secret" } });
    const services = new FakeServices();
    const running = serve(host, ["-i", "a.img", "--chap", "bob", ...args], services);
    await services.started.promise;
    services.finished.resolve();
    await running;
    const [, found] = /-n discovery\.sendtargets\.auth\.username -v (\S+)/.exec(host.stdout.text) ?? [];
    assertEquals(found, user);
  }
});

Deno.test("serve() opens nothing when a secret cannot be had", async () => {
  const services = new FakeServices();
  await assertRejects(
    () => serve(new FakeHost(), ["-i", "a.img", "--chap", "bob"], services),
    UsageError,
    "LUNBOX_CHAP_SECRET",
  );
  assertEquals(services.events, []);
});

Deno.test("serve() sends initiators elsewhere without any image", async () => {
  const { options, host } = await served("--iqn", "iqn.2026-01.example:gone", "--redirect", "nas:9");
  assertEquals(targetOf(options).redirect, { address: "nas:9", permanent: false });
  assertEquals(host.stderr.text.includes("WARN"), false);
});

Deno.test("serve() serves several targets, each with its LUNs, maps and users", async () => {
  const args = ["-i", "a.img", "-i", "b.img,target=backup,lun=2", "-i", "c.img,target=backup", "--chap-file", "users"];
  const { options, host } = await served(...args, "--map", "eui.*,target=backup,0=2:ro", "--alias", "Main");
  const rows = options.targets.map(({ name, alias, luns, lunMaps, chap }) => ({
    ...{ name, alias, lunMaps, luns: luns?.map(({ lun }) => lun), users: chap?.map(({ user }) => user) },
  }));
  assertEquals(rows, [
    { name: "iqn.2026-11.io.lunbox:box.a", alias: "Main", lunMaps: [], luns: [0], users: ["alice"] },
    {
      name: "iqn.2026-11.io.lunbox:box.backup",
      alias: undefined,
      lunMaps: [{ initiators: ["eui.*"], luns: [{ lun: 0, unit: 2, readOnly: true }] }],
      luns: [2, 0],
      users: ["alice"],
    },
  ]);
  assertStringIncludes(host.stderr.text, "serving target=iqn.2026-11.io.lunbox:box.a portals=127.0.0.1:3260 luns=1");
  assertStringIncludes(
    host.stderr.text,
    "serving target=iqn.2026-11.io.lunbox:box.backup portals=127.0.0.1:3260 luns=2",
  );
  assertStringIncludes(host.stdout.text, "serves 2 targets\n");
});

Deno.test("serve() leaves images to workers, keeps what new ones need, and says where each target is", async () => {
  const host = new FakeHost();
  const kept: string[][] = [];
  host.confine = (keep: readonly string[] = []) => void kept.push([...keep]);
  const services = new FakeServices();
  const args = ["-i", "a.img", "-i", "b.img,target=b", "--workers", "2", "-l", "127.0.0.1:0", "--chap-file", "users"];
  const running = serve(host, args, services);
  await services.started.promise;
  host.signal();
  services.drained.resolve();
  assertEquals(await running, 0);
  assertEquals([services.events, services.plan?.workers], [["start", "drain"], 2]);
  assertEquals(kept, [["ffi", "net", "read", "write"]]);
  assertStringIncludes(host.stderr.text, "serving target=iqn.2026-11.io.lunbox:box.b portals=127.0.0.1:49154 luns=1");
  assertStringIncludes(host.stdout.text, "  Portal      127.0.0.1:49154 (this machine only)\n");
  assertStringIncludes(host.stdout.text, "  Discovery   127.0.0.1:49152 (this machine only)\n");
  assertStringIncludes(host.stdout.text, "-T iqn.2026-11.io.lunbox:box.a -p 127.0.0.1:49153 --login\n");
});
