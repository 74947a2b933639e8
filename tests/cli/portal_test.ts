import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { formatHostname, formatPortal, isLoopback, isWildcard, parsePortal } from "../../lib/cli/portal.ts";

const good: readonly (readonly [text: string, hostname: string, port: number])[] = [
  ["127.0.0.1", "127.0.0.1", 3260],
  ["127.0.0.1:0", "127.0.0.1", 0],
  ["0.0.0.0:65535", "0.0.0.0", 65535],
  ["nas.example:860", "nas.example", 860],
  ["[::1]:3261", "::1", 3261],
  ["[::1]", "::1", 3260],
  ["::1", "::1", 3260],
  ["fe80::1%eth0", "fe80::1%eth0", 3260],
];

for (const [text, hostname, port] of good) {
  Deno.test(`parsePortal() reads ${text}`, () => assertEquals(parsePortal(text, "--listen"), { hostname, port }));
}

const bad = [
  "",
  ":3260",
  "*:3260",
  "[]:1",
  "host:",
  "host:65536",
  "host:-1",
  "host:1e3",
  "[::1]:x",
  "a b:1",
  "http://x",
  "127.0.0.1:3260:3",
  "[1::2::3]",
];

for (const text of bad) {
  Deno.test(`parsePortal() refuses "${text}"`, () => {
    assertThrows(() => parsePortal(text, "--listen"), UsageError, `Cannot use --listen ${JSON.stringify(text)}: `);
  });
}

Deno.test("parsePortal() says how an address is written instead of a URL", () => {
  for (const text of ["iscsi://127.0.0.1", "me@nas:3260", "::1:3260:x"]) {
    assertThrows(() => parsePortal(text, "HOST"), UsageError, "write ADDRESS:PORT");
  }
});

Deno.test("parsePortal() takes another default port", () => {
  assertEquals(parsePortal("nas", "--advertise", 4000), { hostname: "nas", port: 4000 });
});

Deno.test("formatPortal() is read back by parsePortal()", () => {
  for (const [, hostname, port] of good) {
    assertEquals(parsePortal(formatPortal({ hostname, port }), "x"), { hostname, port });
  }
  assertEquals(formatPortal({ hostname: "::1", port: 1 }), "[::1]:1");
});

Deno.test("formatHostname() puts IPv6 addresses alone in brackets", () => {
  assertEquals([formatHostname("::1"), formatHostname("10.0.0.1"), formatHostname("nas")], [
    "[::1]",
    "10.0.0.1",
    "nas",
  ]);
});

Deno.test("isLoopback() knows the addresses that others cannot reach", () => {
  for (const name of ["127.0.0.1", "127.8.0.1", "::1", "localhost", "LOCALHOST", "::ffff:127.0.0.1"]) {
    assertEquals(isLoopback(name), true, name);
  }
  for (const name of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "localhost.example", "fe80::1"]) {
    assertEquals(isLoopback(name), false, name);
  }
});

Deno.test("isWildcard() knows the addresses that stand for all", () => {
  assertEquals(["0.0.0.0", "::", "127.0.0.1", "nas"].map(isWildcard), [true, true, false, false]);
});
