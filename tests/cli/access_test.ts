import { assertEquals, assertThrows } from "@std/assert";
import { checkExposure, parseAllowed, parseNetworks } from "../../lib/cli/access.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { parsePortal } from "../../lib/cli/portal.ts";

const good: readonly (readonly [patterns: string[], expected: string[] | undefined])[] = [
  [[], undefined],
  [["any"], ["*"]],
  [["iqn.1993-08.org.debian:01:4711", "ANY"], ["*"]],
  [["iqn.1991-05.com.Microsoft:*"], ["iqn.1991-05.com.microsoft:*"]],
  [["*"], ["*"]],
  [["*:web?"], ["*:web?"]],
  [["eui.02004567A425678D"], ["eui.02004567a425678d"]],
];

for (const [patterns, expected] of good) {
  Deno.test(`parseAllowed() reads [${patterns.join(" ")}]`, () => assertEquals(parseAllowed(patterns), expected));
}

for (const pattern of ["everyone", "10.0.0.1", "", "iqn.x y", "all", "iqn.a,iqn.b", "/iqn/"]) {
  Deno.test(`parseAllowed() refuses "${pattern}"`, () => {
    assertThrows(() => parseAllowed([pattern]), UsageError, `Cannot use --allow ${JSON.stringify(pattern)}: `);
  });
}

const portal = (text: string) => parsePortal(text, "--listen");

Deno.test("checkExposure() lets loopback be open to everyone", () => {
  checkExposure([portal("127.0.0.1"), portal("[::1]:0"), portal("localhost")], false);
});

for (const text of ["0.0.0.0", "[::]:3260", "192.0.2.1", "nas.example"]) {
  Deno.test(`checkExposure() wants to know who may reach ${text}`, () => {
    const portals = [portal("127.0.0.1"), portal(text)];
    assertThrows(() => checkExposure(portals, false), UsageError, "or --allow any");
    checkExposure(portals, true);
  });
}

Deno.test("parseNetworks() takes networks of both families", () => {
  assertEquals(parseNetworks([]), undefined);
  assertEquals(parseNetworks(["192.0.2.0/24", "2001:db8::/32", "::1"]), ["192.0.2.0/24", "2001:db8::/32", "::1"]);
});

for (const text of ["192.0.2.1/24", "nas", "10/8", "::/129"]) {
  Deno.test(`parseNetworks() refuses "${text}"`, () => {
    assertThrows(() => parseNetworks([text]), UsageError, `Cannot use --allow-from ${JSON.stringify(text)}: `);
  });
}
