import { assertEquals } from "@std/assert";
import { type DiscoveredPortal, parseTargetAddress, parseTargets } from "../../lib/initiator/send_targets.ts";

const rows: readonly [text: string, portal: DiscoveredPortal | undefined][] = [
  ["192.0.2.1:3260,1", { hostname: "192.0.2.1", port: 3260, tag: 1 }],
  ["192.0.2.1:3261,0x10", { hostname: "192.0.2.1", port: 3261, tag: 16 }],
  ["192.0.2.1", { hostname: "192.0.2.1", port: 3260, tag: 1 }],
  ["192.0.2.1,65535", { hostname: "192.0.2.1", port: 3260, tag: 65535 }],
  ["nas.example:860,2", { hostname: "nas.example", port: 860, tag: 2 }],
  ["[2001:db8::1]:3260,1", { hostname: "2001:db8::1", port: 3260, tag: 1 }],
  ["[::ffff:192.0.2.1],3", { hostname: "::ffff:192.0.2.1", port: 3260, tag: 3 }],
  ["[fe80::1%eth0]:3260,1", { hostname: "fe80::1%eth0", port: 3260, tag: 1 }],
  ["", undefined],
  [":3260,1", undefined],
  ["2001:db8::1", undefined],
  ["[2001:db8::1", undefined],
  ["[]:3260", undefined],
  ["192.0.2.1:65536,1", undefined],
  ["192.0.2.1:x", undefined],
  ["192.0.2.1:3260,65536", undefined],
  ["192.0.2.1:3260,-1", undefined],
  ["192.0.2.1:3260,1,2", undefined],
  ["a b:3260,1", undefined],
];

for (const [text, portal] of rows) {
  Deno.test(`parseTargetAddress() gives ${portal === undefined ? "nothing" : "a portal"} when it reads "${text}"`, () => {
    assertEquals(parseTargetAddress(text), portal);
  });
}

Deno.test("parseTargets() keeps addresses with the target they follow", () => {
  const targets = parseTargets([
    ["TargetAddress", "192.0.2.9"],
    ["TargetName", "iqn.2001-04.com.example:a"],
    ["TargetAddress", "192.0.2.1:3260,1"],
    ["TargetAddress", "no address"],
    ["TargetAlias", "disk"],
    ["TargetAddress", "192.0.2.2:3260,2"],
    ["TargetName", "iqn.2001-04.com.example:b"],
  ]);
  assertEquals(targets, [
    {
      name: "iqn.2001-04.com.example:a",
      portals: [{ hostname: "192.0.2.1", port: 3260, tag: 1 }, { hostname: "192.0.2.2", port: 3260, tag: 2 }],
    },
    { name: "iqn.2001-04.com.example:b", portals: [] },
  ]);
});
