import { assertEquals, assertStringIncludes } from "@std/assert";
import { banner, type Served, type ServedTarget } from "../../lib/cli/banner.ts";
import { version } from "../../lib/cli/version.ts";
import { FakeHost } from "../support/fake_host.ts";

const target: ServedTarget = {
  name: "iqn.2026-11.io.lunbox:box.disk",
  luns: [
    { lun: 0, location: "disk.img", size: 2 ** 30, blockSize: 512, readOnly: false },
    { lun: 3, location: "b.img", size: 1.5 * 2 ** 40, blockSize: 4096, readOnly: true },
  ],
};

const served: Served = { targets: [target], portals: [{ hostname: "127.0.0.1", port: 3260 }] };

function textOf(change: Partial<Served> = {}, addresses: string[] = []): string {
  return banner({ ...served, ...change }, new FakeHost([], { addresses }));
}

/** With one target. */
function textOfTarget(change: Partial<ServedTarget>): string {
  return textOf({ targets: [{ ...target, ...change }] });
}

Deno.test("banner() says what is served, where and to whom", () => {
  assertEquals(textOf().split("\n").slice(0, 7), [
    `Lunbox ${version} serves iqn.2026-11.io.lunbox:box.disk`,
    "",
    "  LUN 0       disk.img (1 GiB, blocks of 512 bytes)",
    "  LUN 3       b.img (1.5 TiB, blocks of 4096 bytes, read-only)",
    "  Portal      127.0.0.1:3260 (this machine only)",
    "  Access      every initiator that reaches the portal",
    "",
  ]);
});

Deno.test("banner() shows every portal, and an address for those that stand for all", () => {
  const portals = [{ hostname: "0.0.0.0", port: 3260 }, { hostname: "::1", port: 4000 }];
  const text = textOf({ portals, allow: ["iqn.a", "iqn.b*"], targets: [{ ...target, alias: "Büro" }] }, ["192.0.2.7"]);
  assertStringIncludes(text, "  Alias       Büro\n");
  assertStringIncludes(text, "  Portal      0.0.0.0:3260 (all addresses, such as 192.0.2.7)\n");
  assertStringIncludes(text, "\n              [::1]:4000 (this machine only)\n");
  assertStringIncludes(text, "  Access      iqn.a, iqn.b*\n");
  assertStringIncludes(text, "-p 192.0.2.7:3260 --login\n");
});

Deno.test("banner() attaches by the advertised address", () => {
  const text = textOf({ advertise: { hostname: "nas", port: 4000 } });
  assertStringIncludes(text, "  Advertised  nas:4000\n");
  assertStringIncludes(text, "iscsicli AddTargetPortal nas 4000\n");
});

Deno.test("banner() attaches single disks by the first LUN that there is", () => {
  const text = textOfTarget({ luns: target.luns.slice(1) });
  assertStringIncludes(text, "qemu-img info iscsi://127.0.0.1:3260/iqn.2026-11.io.lunbox:box.disk/3\n");
});

Deno.test("banner() says how to stop", () => assertStringIncludes(textOf(), "Ctrl-C"));

Deno.test("banner() takes the power from control characters in paths", () => {
  const [first] = target.luns;
  if (first) assertEquals(textOfTarget({ luns: [{ ...first, location: "a\x1b[2J" }] }).includes("\x1b"), false);
});

Deno.test("banner() says how the firewall of Windows lets initiators in, where others are to come in", () => {
  const host = new FakeHost([], { os: "windows" });
  assertEquals(banner(served, host).includes("Firewall"), false);
  const open = { ...served, portals: [{ hostname: "127.0.0.1", port: 1 }, { hostname: "0.0.0.0", port: 3261 }] };
  assertStringIncludes(banner(open, host), "  Firewall    New-NetFirewallRule -DisplayName Lunbox");
  assertStringIncludes(banner(open, host), "-LocalPort 3261 ");
  assertEquals(banner(open, new FakeHost()).includes("Firewall"), false);
});

Deno.test("banner() attaches with the user that discovery asks for", () => {
  assertStringIncludes(textOf({ discoveryUser: "bob" }), "-n discovery.sendtargets.auth.username -v bob");
});

Deno.test("banner() lists several targets, and attaches the first one that has a LUN", () => {
  const empty = { name: "iqn.2026-11.io.lunbox:box.empty", luns: [], alias: "Nothing" };
  const lines = textOf({ targets: [empty, { ...target, chapUsers: ["alice"] }] }).split("\n");
  assertEquals(lines.slice(0, 11), [
    `Lunbox ${version} serves 2 targets`,
    "",
    "  iqn.2026-11.io.lunbox:box.empty",
    "  Alias       Nothing",
    "",
    "  iqn.2026-11.io.lunbox:box.disk",
    "  LUN 0       disk.img (1 GiB, blocks of 512 bytes)",
    "  LUN 3       b.img (1.5 TiB, blocks of 4096 bytes, read-only)",
    "  CHAP        asks for the secret of alice",
    "",
    "  Portal      127.0.0.1:3260 (this machine only)",
  ]);
  assertStringIncludes(lines.join("\n"), "QLoginTarget iqn.2026-11.io.lunbox:box.disk alice SECRET");
});

Deno.test("banner() says where workers have targets, attaches there, and opens the firewall for all of them", () => {
  const targets = [3262, 3263].map((port, i) => ({
    ...target,
    name: `${target.name}${i}`,
    portals: [{ hostname: "127.0.0.1", port: port - 1 }, { hostname: "0.0.0.0", port }],
  }));
  const portals = [{ hostname: "127.0.0.1", port: 3260 }, { hostname: "0.0.0.0", port: 3261 }];
  const textOn = (os: string): string =>
    banner({ targets, portals }, new FakeHost([], { os, addresses: ["192.0.2.7"] }));
  const text = textOn("windows");
  assertStringIncludes(text, "  Portal      127.0.0.1:3261 (this machine only)\n");
  assertStringIncludes(text, "  Portal      0.0.0.0:3263 (all addresses, such as 192.0.2.7)\n");
  assertStringIncludes(text, "  Discovery   127.0.0.1:3260 (this machine only)\n");
  assertStringIncludes(text, "-LocalPort 3261-3263 ");
  assertStringIncludes(textOn("linux"), "  Firewall    if there is one, it has to let in TCP ports 3261-3263\n");
  assertStringIncludes(textOn("darwin"), "TCP ports 3261-3263\n");
  assertStringIncludes(text, `qemu-img info iscsi://127.0.0.1:3261/${target.name}0/0\n`);
});

Deno.test("banner() attaches to a worker by the address that is advertised for it", () => {
  const portals = [{ hostname: "0.0.0.0", port: 3261, advertise: [{ hostname: "nas", port: 4001 }] }];
  const text = textOf({ targets: [{ ...target, portals }], advertise: { hostname: "nas", port: 4000 } });
  assertStringIncludes(text, "  Portal      nas:4001\n");
  assertStringIncludes(text, "iscsicli AddTargetPortal nas 4001\n");
});
