import { assertEquals, assertThrows } from "@std/assert";
import {
  advertised,
  checkPortalGroup,
  formatHostAddress,
  planPortals,
  type PortalOptions,
} from "../../lib/target/portals.ts";

const at = (hostname: string, port = 3260): { hostname: string; port: number } => ({ hostname, port });

const tellings: readonly {
  name: string;
  portals: readonly PortalOptions[];
  /** Which of the portals the initiator has come to. */
  to?: number;
  local: string;
  told: readonly string[];
}[] = [
  { name: "one portal", portals: [at("192.0.2.1")], local: "192.0.2.1", told: ["192.0.2.1:3260,1"] },
  { name: "IPv6", portals: [at("2001:db8::1", 9)], local: "2001:db8::1", told: ["[2001:db8::1]:9,1"] },
  { name: "all of IPv4", portals: [at("0.0.0.0")], local: "192.0.2.7", told: ["192.0.2.7:3260,1"] },
  { name: "IPv4 on a socket of both", portals: [at("::")], local: "::ffff:192.0.2.7", told: ["192.0.2.7:3260,1"] },
  {
    name: "two portals, its own first",
    portals: [at("192.0.2.1"), at("198.51.100.1")],
    to: 1,
    local: "198.51.100.1",
    told: ["198.51.100.1:3260,1", "192.0.2.1:3260,1"],
  },
  {
    name: "two portal groups",
    portals: [at("192.0.2.1"), { ...at("198.51.100.1"), portalGroup: 7 }],
    local: "192.0.2.1",
    told: ["192.0.2.1:3260,1", "198.51.100.1:3260,7"],
  },
  {
    name: "no loopback when it comes from elsewhere",
    portals: [at("192.0.2.1"), at("127.0.0.1"), at("::1")],
    local: "192.0.2.1",
    told: ["192.0.2.1:3260,1"],
  },
  {
    name: "everything when it comes from this machine",
    portals: [at("127.0.0.1"), at("192.0.2.1")],
    local: "127.0.0.1",
    told: ["127.0.0.1:3260,1", "192.0.2.1:3260,1"],
  },
  {
    name: "no link-local address unless it came by one",
    portals: [at("2001:db8::1"), at("fe80::1"), at("169.254.0.9")],
    local: "2001:db8::1",
    told: ["[2001:db8::1]:3260,1"],
  },
  {
    name: "the link-local address by which it came",
    portals: [at("fe80::1"), at("2001:db8::1")],
    local: "fe80::1%3",
    told: ["[fe80::1]:3260,1", "[2001:db8::1]:3260,1"],
  },
  {
    name: "another port on all addresses",
    portals: [at("0.0.0.0"), { ...at("0.0.0.0", 3261), portalGroup: 2 }],
    local: "192.0.2.7",
    told: ["192.0.2.7:3260,1", "192.0.2.7:3261,2"],
  },
  {
    name: "no portal of IPv4 by an address of IPv6",
    portals: [at("2001:db8::1"), at("0.0.0.0", 3261)],
    local: "2001:db8::1",
    told: ["[2001:db8::1]:3260,1"],
  },
  {
    name: "what is advertised instead",
    portals: [{ ...at("0.0.0.0"), advertise: [at("nas.example", 860), at("2001:db8::5")] }, at("192.0.2.1")],
    local: "172.17.0.2",
    told: ["nas.example:860,1", "[2001:db8::5]:3260,1", "192.0.2.1:3260,1"],
  },
  {
    name: "an address once",
    portals: [at("0.0.0.0"), at("192.0.2.1")],
    local: "192.0.2.1",
    told: ["192.0.2.1:3260,1"],
  },
];

for (const { name, portals, to = 0, local, told } of tellings) {
  Deno.test(`advertised() tells of ${name}`, () => {
    const planned = planPortals(portals);
    const portal = planned[to];
    if (portal === undefined) throw new Error("Cannot test: no such portal");
    const addresses = advertised(planned, { portal, local: at(local, portal.port) });
    assertEquals(addresses.map(({ address, portalGroup }) => `${address},${portalGroup}`), told);
  });
}

Deno.test("planPortals() puts portals into group 1 and lets them be advertised as one", () => {
  assertEquals(planPortals([at("0.0.0.0"), { ...at("::", 1), advertise: at("own") }], at("nas")), [
    { ...at("0.0.0.0"), portalGroup: 1, advertise: [at("nas")] },
    { ...at("::", 1), portalGroup: 1, advertise: [at("own")] },
  ]);
});

Deno.test("planPortals() refuses one address in two groups", () => {
  const two = [at("0.0.0.0"), { ...at("0.0.0.0", 1), portalGroup: 2 }];
  assertThrows(
    () => planPortals(two, at("nas")),
    RangeError,
    "Cannot advertise nas:3260: it would be in portal groups 1 and 2",
  );
  planPortals([at("0.0.0.0"), { ...at("0.0.0.0", 1), portalGroup: 2, advertise: at("nas", 1) }], at("nas"));
});

Deno.test("checkPortalGroup() takes 1 to 65535", () => {
  for (const tag of [1, 65535]) checkPortalGroup(tag);
  for (const tag of [0, 65536, 1.5, NaN]) assertThrows(() => checkPortalGroup(tag), RangeError);
});

for (
  const [hostname, written] of [
    ["192.0.2.1", "192.0.2.1:1"],
    ["::FFFF:192.0.2.1", "192.0.2.1:1"],
    ["::1", "[::1]:1"],
    ["fe80::1%eth0", "[fe80::1]:1"],
    ["nas.example", "nas.example:1"],
  ] as const
) {
  Deno.test(`formatHostAddress() writes ${hostname} as ${written}`, () =>
    assertEquals(formatHostAddress(at(hostname, 1)), written));
}
