import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, stop } from "../../scripts/command.ts";
import { accepting, freePort, Log } from "../support/portal.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

/** An iSNS server of open-isns, and what its own client is told. */
interface Registry {
  readonly portal: string;
  /** What is registered of targets: nodes, portals, portal groups. */
  targets(): Promise<string>;
  /** Registers an initiator. */
  addInitiator(name: string): Promise<void>;
  /** Everything that the server said until now. */
  log(): string;
}

/** Runs `use` with an iSNS server on loopback that keeps nothing on disk. */
async function withRegistry(scratch: Scratch, use: (registry: Registry) => Promise<void>): Promise<void> {
  const portal = `127.0.0.1:${freePort()}`;
  const common = [`ServerAddress = ${portal}`, "Security = 0", "SLPRegister = 0", "DefaultDiscoveryDomain = 1"];
  const server = scratch.path("isnsd.conf");
  const client = scratch.path("isnsadm.conf");
  const own = [
    `BindAddress = ${portal}`,
    `PIDFile = ${scratch.path("pid")}`,
    `ControlSocket = ${scratch.path("socket")}`,
  ];
  await Deno.writeTextFile(server, ["SourceName = iqn.2026-01.example:isns", ...common, ...own, ""].join("\n"));
  await Deno.writeTextFile(client, ["SourceName = iqn.2026-01.example:reader", ...common, ""].join("\n"));
  const child = new Deno.Command("isnsd", {
    args: ["-c", server, "-f", "-d", "socket", "-d", "message"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = new Log(child.stdout, child.stderr);
  try {
    await accepting(Number(portal.split(":")[1]), child.status);
    await run(["isnsadm", "-c", client, "--register", "initiator"]);
    await use({
      portal,
      targets: () => run(["isnsadm", "-c", client, "--query", "iscsi-node-type=target"]),
      addInitiator: async (name) => {
        const config = scratch.path("initiator.conf");
        await Deno.writeTextFile(config, [`SourceName = ${name}`, ...common, ""].join("\n"));
        await run(["isnsadm", "-c", config, "--register", "initiator"]);
      },
      log: () => log.text,
    });
  } finally {
    stop(child, "SIGTERM");
    await child.status;
    await log.whole();
  }
}

/** Waits until something holds, a minute at most. */
async function until(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Cannot wait any longer: ${what()}`);
}

Deno.test({
  name: "open-isns shows the target while it is served, and tells us of initiators that come",
  ...requires("isnsd", "isnsadm"),
  fn: async () => {
    await using scratch = await Scratch.make();
    await withRegistry(scratch, async (registry) => {
      const images = [await sparse(scratch.path("disk.img"), 64 * MIB)];
      const portal = `127.0.0.1:${freePort()},group=7`;
      const args = ["--isns", registry.portal, "--alias", "Archive", "--listen", portal];
      await whileServing({ images, args }, async ({ target, port, log }) => {
        await until(() => log().includes("registered with iSNS"), log);
        const found = await registry.targets();
        assertStringIncludes(found, `iSCSI name = "${target}"`);
        assertStringIncludes(found, `iSCSI alias = "Archive"`);
        assertMatch(found, new RegExp(`Portal TCP/UDP port = ${port}/tcp`));
        assertMatch(found, /Portal IP address = 127\.0\.0\.1/);
        assertMatch(found, /Portal group tag = 7/);
        await registry.addInitiator("iqn.2026-01.example:newcomer");
        await until(() => log().includes("node=iqn.2026-01.example:newcomer change=added"), log);
      });
      assertEquals((await registry.targets()).includes("iqn.2026-01.example:served"), false);
    });
  },
});

Deno.test({
  name: "lunbox serves without the iSNS server, and registers when it is there",
  ...requires("isnsd", "isnsadm"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("disk.img"), 64 * MIB)];
    const args = ["--isns", `127.0.0.1:${freePort()}`];
    await whileServing({ images, args }, async ({ log }) => {
      await until(() => log().includes("iSNS registration failed, trying again"), log);
    });
  },
});
