import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  formatIpAddress,
  IpNetwork,
  isLinkLocalAddress,
  isLoopbackAddress,
  isWildcardAddress,
  parseIpAddress,
} from "../../lib/target/ip_address.ts";

const addresses: readonly (readonly [text: string, written: string | undefined])[] = [
  ["0.0.0.0", "0.0.0.0"],
  ["192.0.2.255", "192.0.2.255"],
  ["192.0.2.256", undefined],
  ["192.0.2", undefined],
  ["192.0.2.1.1", undefined],
  ["192.0.2.01", undefined],
  ["192.0.2.", undefined],
  ["nas.example", undefined],
  ["", undefined],
  ["::", "0:0:0:0:0:0:0:0"],
  ["::1", "0:0:0:0:0:0:0:1"],
  ["2001:DB8::8:800:200c:417A", "2001:db8:0:0:8:800:200c:417a"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
  ["1::8", "1:0:0:0:0:0:0:8"],
  ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["64:ff9b::192.0.2.33", "64:ff9b:0:0:0:0:c000:221"],
  ["1:2:3:4:5:6:7", undefined],
  ["1:2:3:4:5:6:7:8:9", undefined],
  ["1:2:3:4::5:6:7:8", undefined],
  ["1::2::3", undefined],
  [":1", undefined],
  ["::12345", undefined],
  ["::g", undefined],
  ["192.0.2.1::", undefined],
];

for (const [text, written] of addresses) {
  Deno.test(`parseIpAddress() reads "${text}" as ${written}`, () => {
    const address = parseIpAddress(text);
    assertEquals(address && formatIpAddress(address), written);
  });
}

const kinds: readonly (readonly [text: string, kind: "loopback" | "link-local" | "wildcard" | "other"])[] = [
  ["127.0.0.1", "loopback"],
  ["127.9.9.9", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["169.254.1.1", "link-local"],
  ["fe80::1", "link-local"],
  ["febf::1", "link-local"],
  ["fec0::1", "other"],
  ["169.253.1.1", "other"],
  ["192.0.2.1", "other"],
  ["2001:db8::1", "other"],
  ["0.0.0.0", "wildcard"],
  ["::", "wildcard"],
];

for (const [text, kind] of kinds) {
  Deno.test(`${text} is ${kind}`, () => {
    const address = parseIpAddress(text);
    assert(address !== undefined);
    assertEquals(isLoopbackAddress(address), kind === "loopback");
    assertEquals(isLinkLocalAddress(address), kind === "link-local");
    assertEquals(isWildcardAddress(address), kind === "wildcard");
  });
}

const networks: readonly (readonly [network: string, inside: readonly string[], outside: readonly string[]])[] = [
  ["192.0.2.0/24", ["192.0.2.0", "192.0.2.255", "::ffff:192.0.2.7"], ["192.0.3.0", "192.0.1.255", "::1"]],
  ["192.0.2.16/28", ["192.0.2.16", "192.0.2.31"], ["192.0.2.15", "192.0.2.32"]],
  ["192.0.2.7", ["192.0.2.7"], ["192.0.2.6"]],
  ["0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["2001:db8::1"]],
  ["::/0", ["2001:db8::1", "::1"], ["1.2.3.4"]],
  ["2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1", "2001:db9::"]],
  ["::ffff:192.0.2.0/120", ["192.0.2.9"], ["192.0.3.9"]],
];

for (const [text, inside, outside] of networks) {
  Deno.test(`IpNetwork ${text} holds ${inside.join(", ")} and not ${outside.join(", ")}`, () => {
    const network = new IpNetwork(text);
    const holds = (address: string): boolean => network.contains(parseIpAddress(address) ?? new Uint8Array(0));
    assertEquals(inside.filter((address) => !holds(address)), []);
    assertEquals(outside.filter(holds), []);
  });
}

for (
  const text of [
    "",
    "/8",
    "nas",
    "192.0.2.0/33",
    "192.0.2.0/",
    "192.0.2.0/-1",
    "10.0.0.0/8/8",
    "::/129",
    "::ffff:1.2.3.4/95",
  ]
) {
  Deno.test(`IpNetwork refuses "${text}"`, () => {
    assertThrows(() => new IpNetwork(text), TypeError, `Cannot read network ${JSON.stringify(text)}: `);
  });
}

Deno.test("IpNetwork says which network was meant", () => {
  assertThrows(() => new IpNetwork("192.0.2.77/24"), TypeError, "the first address of that network is 192.0.2.0");
});
