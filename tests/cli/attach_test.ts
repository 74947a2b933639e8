import { assert, assertEquals } from "@std/assert";
import { attachRecipes, diskUrl, reachablePortal } from "../../lib/cli/attach.ts";
import type { Portal } from "../../lib/cli/portal.ts";
import { FakeHost } from "../support/fake_host.ts";

const name = "iqn.2026-11.io.lunbox:box.disk";

function lines(portal: Portal, lun = 0): string[] {
  return attachRecipes({ name, portal, lun }).flatMap((recipe) => recipe.lines);
}

Deno.test("attachRecipes() gives commands that can be pasted", () => {
  assertEquals(lines({ hostname: "192.0.2.1", port: 3260 }, 2), [
    "sudo iscsiadm -m discovery -t sendtargets -p 192.0.2.1:3260",
    `sudo iscsiadm -m node -T ${name} -p 192.0.2.1:3260 --login`,
    "Start-Service MSiSCSI",
    "New-IscsiTargetPortal -TargetPortalAddress 192.0.2.1 -TargetPortalPortNumber 3260",
    `Connect-IscsiTarget -NodeAddress ${name}`,
    "iscsicli AddTargetPortal 192.0.2.1 3260",
    `iscsicli QLoginTarget ${name}`,
    `qemu-system-x86_64 -drive file=iscsi://192.0.2.1:3260/${name}/2,format=raw,if=virtio`,
    `qemu-img info iscsi://192.0.2.1:3260/${name}/2`,
  ]);
});

Deno.test("attachRecipes() keeps shells away from the brackets of IPv6 addresses", () => {
  const all = lines({ hostname: "::1", port: 4000 });
  assertEquals(all[0], "sudo iscsiadm -m discovery -t sendtargets -p '[::1]:4000'");
  assertEquals(all[3], "New-IscsiTargetPortal -TargetPortalAddress ::1 -TargetPortalPortNumber 4000");
  assertEquals(all[8], `qemu-img info 'iscsi://[::1]:4000/${name}/0'`);
});

Deno.test("diskUrl() names a logical unit", () => {
  assertEquals(diskUrl({ name, portal: { hostname: "nas", port: 1 }, lun: 7 }), `iscsi://nas:1/${name}/7`);
});

const addresses = ["192.0.2.7", "2001:db8::7"];

const rows: readonly (readonly [listen: string, expected: string, addresses: readonly string[], advertise?: Portal])[] =
  [
    ["192.0.2.1", "192.0.2.1", addresses],
    ["0.0.0.0", "192.0.2.7", addresses],
    ["0.0.0.0", "box", ["2001:db8::7"]],
    ["::", "192.0.2.7", addresses],
    ["::", "2001:db8::7", ["2001:db8::7"]],
    ["::", "box", []],
    ["0.0.0.0", "nas", addresses, { hostname: "nas", port: 3260 }],
  ];

for (const [hostname, expected, own, advertise] of rows) {
  Deno.test(`reachablePortal() is ${expected} for ${hostname} with [${own.join(" ")}]`, () => {
    const host = new FakeHost([], { addresses: own });
    assertEquals(reachablePortal({ hostname, port: 3260 }, host, advertise), { hostname: expected, port: 3260 });
  });
}

Deno.test("attachRecipes() logs in with CHAP, and leaves the secret to be filled in", () => {
  const lines = attachRecipes({
    name: "iqn.2026-11.io.lunbox:box.disk",
    portal: { hostname: "192.0.2.1", port: 3260 },
    lun: 0,
    chapUser: "alice smith",
  }).flatMap((recipe) => recipe.lines);
  const update = "sudo iscsiadm -m node -T iqn.2026-11.io.lunbox:box.disk -p 192.0.2.1:3260 -o update";
  for (
    const line of [
      `${update} -n node.session.auth.authmethod -v CHAP`,
      `${update} -n node.session.auth.username -v 'alice smith'`,
      `${update} -n node.session.auth.password -v SECRET`,
      "Connect-IscsiTarget -NodeAddress iqn.2026-11.io.lunbox:box.disk " +
      "-AuthenticationType ONEWAYCHAP -ChapUsername 'alice smith' -ChapSecret SECRET",
      "iscsicli QLoginTarget iqn.2026-11.io.lunbox:box.disk 'alice smith' SECRET",
      "qemu-img info 'iscsi://alice smith%SECRET@192.0.2.1:3260/iqn.2026-11.io.lunbox:box.disk/0'",
    ]
  ) assert(lines.includes(line), line);
});

Deno.test("attachRecipes() discovers with CHAP where that is asked for", () => {
  const all = (port: number) =>
    attachRecipes({ name, portal: { hostname: "192.0.2.1", port }, lun: 0, discoveryUser: "bob" })
      .flatMap((recipe) => recipe.lines);
  const database = "sudo iscsiadm -m discoverydb -t sendtargets -p 192.0.2.1:3260";
  assertEquals(all(3260).slice(0, 10), [
    `${database} -o new`,
    `${database} -o update -n discovery.sendtargets.auth.authmethod -v CHAP`,
    `${database} -o update -n discovery.sendtargets.auth.username -v bob`,
    `${database} -o update -n discovery.sendtargets.auth.password -v SECRET`,
    `${database} --discover`,
    `sudo iscsiadm -m node -T ${name} -p 192.0.2.1:3260 --login`,
    "Start-Service MSiSCSI",
    "New-IscsiTargetPortal -TargetPortalAddress 192.0.2.1 -TargetPortalPortNumber 3260 " +
    "-AuthenticationType ONEWAYCHAP -ChapUsername bob -ChapSecret SECRET",
    `Connect-IscsiTarget -NodeAddress ${name}`,
    "iscsicli QAddTargetPortal 192.0.2.1 bob SECRET",
  ]);
  assert(!all(4000).some((line) => line.startsWith("iscsicli")), "it has no quick command for another port");
});
