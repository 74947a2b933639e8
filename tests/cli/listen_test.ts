import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { advertisedOf, portalsOf, redirectOf } from "../../lib/cli/listen.ts";

Deno.test("portalsOf() listens on loopback when nothing is said", () => {
  assertEquals(portalsOf([]), [{ hostname: "127.0.0.1", port: 3260 }]);
});

Deno.test("portalsOf() reads what follows an address", () => {
  const text =
    "[::]:3261,group=7,access=non-optimized,preferred,advertise=nas,advertise=[2001:db8::1]:9,redirect=192.0.2.1,permanent";
  assertEquals(portalsOf([text, "127.0.0.1"]), [
    {
      ...{ hostname: "::", port: 3261, portalGroup: 7, access: "nonOptimized", preferred: true },
      advertise: [{ hostname: "nas", port: 3261 }, { hostname: "2001:db8::1", port: 9 }],
      redirect: { address: "192.0.2.1:3260", permanent: true },
    },
    { hostname: "127.0.0.1", port: 3260 },
  ]);
});

const bad: readonly (readonly [text: string, message: string])[] = [
  ["127.0.0.1,grop=1", `there is no option "grop"; did you mean`],
  ["127.0.0.1,what", `there is no option "what"; there are group, access, preferred, advertise, redirect, permanent`],
  ["127.0.0.1,group", "write group=VALUE"],
  ["127.0.0.1,group=0", `a portal group is a number from 1 to 65535, not "0"`],
  ["127.0.0.1,group=65536", `not "65536"`],
  ["127.0.0.1,group=a", `not "a"`],
  ["127.0.0.1,permanent", "permanent belongs to redirect=ADDR[:PORT]"],
  ["127.0.0.1,permanent=yes", "write permanent"],
  ["127.0.0.1,preferred=yes", "write preferred"],
  ["127.0.0.1,access", "write access=VALUE"],
  ["127.0.0.1,access=active", `an access is optimized, non-optimized, standby, unavailable, not "active"`],
  ["127.0.0.1,access=optimised", `not "optimised"; did you mean optimized?`],
  ["127.0.0.1,access=constructor", `not "constructor"`],
  ["127.0.0.1,redirect=0.0.0.0", "Cannot advertise 0.0.0.0"],
  ["127.0.0.1:0,advertise=nas", "give the port"],
  ["127.0.0.1,advertise=", "the address is missing"],
];

for (const [text, message] of bad) {
  Deno.test(`portalsOf() refuses ${text}`, () => {
    assertThrows(() => portalsOf([text]), UsageError, message);
  });
}

Deno.test("advertisedOf() refuses what nobody can connect to", () => {
  assertEquals(advertisedOf("nas", "--advertise", 860), { hostname: "nas", port: 860 });
  for (const text of ["0.0.0.0", "[::]:1", "nas:0"]) {
    assertThrows(() => advertisedOf(text, "--advertise"), UsageError, "Cannot advertise");
  }
});

Deno.test("redirectOf() reads an address and whether it is for good", () => {
  assertEquals(redirectOf("nas"), { address: "nas:3260", permanent: false });
  assertEquals(redirectOf("[2001:db8::1]:9,permanent"), { address: "[2001:db8::1]:9", permanent: true });
  assertThrows(() => redirectOf("nas,soon"), UsageError, `Cannot use --redirect "nas,soon"`);
});
