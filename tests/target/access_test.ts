import { assertEquals, assertThrows } from "@std/assert";
import { AccessList, type AccessOptions, NamePatterns } from "../../lib/target/access.ts";

const HOST = "iqn.1993-08.org.debian:01:4711";

const lists: readonly (readonly [
  list: AccessOptions | readonly string[] | undefined,
  name: string,
  address: string | undefined,
  admitted: boolean,
])[] = [
  [undefined, HOST, undefined, true],
  [{}, HOST, "192.0.2.1", true],
  [["iqn.1993-08.org.debian:*"], HOST, undefined, true],
  [[], HOST, undefined, false],
  [{ names: [] }, HOST, "192.0.2.1", false],
  [{ names: ["eui.*", HOST] }, HOST, undefined, true],
  [{ networks: ["192.0.2.0/24"] }, HOST, "192.0.2.1", true],
  [{ networks: ["192.0.2.0/24"] }, HOST, "::ffff:192.0.2.1", true],
  [{ networks: ["192.0.2.0/24"] }, HOST, "192.0.3.1", false],
  [{ networks: ["192.0.2.0/24", "2001:db8::/32"] }, HOST, "2001:db8::9", true],
  [{ networks: ["fe80::/10"] }, HOST, "fe80::1%eth0", true],
  [{ networks: ["192.0.2.0/24"] }, HOST, undefined, false],
  [{ networks: ["0.0.0.0/0"] }, HOST, "nowhere", false],
  [{ networks: [] }, HOST, "192.0.2.1", false],
  [{ names: ["eui.*"], networks: ["192.0.2.0/24"] }, HOST, "192.0.2.1", false],
  [{ names: [HOST], networks: ["192.0.2.0/24"] }, HOST, "192.0.3.1", false],
  [{ names: [HOST], networks: ["192.0.2.0/24"] }, HOST, "192.0.2.1", true],
];

for (const [list, name, address, admitted] of lists) {
  Deno.test(`AccessList ${JSON.stringify(list)} ${admitted ? "admits" : "does not admit"} ${name} at ${address}`, () => {
    assertEquals(new AccessList(list).admits(name, address), admitted);
  });
}

Deno.test("AccessList refuses a network that is none", () => {
  assertThrows(() => new AccessList({ networks: ["10.0.0.1/8"] }), TypeError, "Cannot read network");
});

const patterns: readonly (readonly [pattern: string, name: string, fits: boolean])[] = [
  ["*", HOST, true],
  ["iqn.1993-08.org.debian:01:471?", HOST, true],
  ["iqn.1993-08.org.debian:01:47", HOST, false],
  ["IQN.1993-08.ORG.DEBIAN:*", HOST, true],
  ["iqn.1993-08xorg.debian:*", HOST, false],
  ["*debian*", HOST, true],
  ["debian", HOST, false],
  ["iqn.1993-08.org.debian:01:47+1", HOST, false],
  ["***4711", HOST, true],
];

for (const [pattern, name, fits] of patterns) {
  Deno.test(`NamePatterns ${pattern} ${fits ? "fits" : "does not fit"} ${name}`, () => {
    assertEquals(new NamePatterns([pattern]).match(name), fits);
  });
}

Deno.test("NamePatterns takes no time for many stars", () => {
  assertEquals(new NamePatterns(["*".repeat(100) + "x"]).match("a".repeat(223)), false);
});
