import { assertEquals } from "@std/assert";
import { platformOf } from "../../lib/cli/platform.ts";

for (
  const [os, signals] of [
    ["linux", ["SIGINT", "SIGTERM"]],
    ["darwin", ["SIGINT", "SIGTERM"]],
    ["freebsd", ["SIGINT", "SIGTERM"]],
    ["windows", ["SIGINT", "SIGBREAK"]],
  ] as const
) {
  Deno.test(`platformOf(${os}) stops at ${signals.join(" and ")}`, () => {
    assertEquals(platformOf(os).stopSignals, signals);
  });
}

Deno.test("platformOf() opens the port in the firewall of Windows", () => {
  assertEquals(
    platformOf("windows").firewall?.(3261),
    "New-NetFirewallRule -DisplayName Lunbox -Direction Inbound -Protocol TCP -LocalPort 3261 -Action Allow",
  );
  assertEquals(platformOf("windows").firewall?.(3260, 3262).includes("-LocalPort 3260-3262 "), true);
});

Deno.test("platformOf() leaves the firewalls of Linux alone, which are many", () => {
  assertEquals(platformOf("linux").firewall, undefined);
});
