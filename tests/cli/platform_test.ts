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
    platformOf("windows").firewall([3261]),
    "New-NetFirewallRule -DisplayName Lunbox -Direction Inbound -Protocol TCP -LocalPort 3261 -Action Allow",
  );
  assertEquals(platformOf("windows").firewall([3260, 3261, 3262])?.includes("-LocalPort 3260-3262 "), true);
});

for (const os of ["linux", "freebsd"]) {
  Deno.test(`platformOf(${os}) leaves firewalls alone, which are many, and names the ports where there are several`, () => {
    assertEquals(platformOf(os).firewall([3260]), undefined);
    assertEquals(platformOf(os).firewall([3260, 3261, 3262]), "if there is one, it has to let in TCP ports 3260-3262");
    assertEquals(platformOf(os).firewall([1, 2, 4]), "if there is one, it has to let in TCP ports 1,2,4");
  });
}

Deno.test("platformOf(darwin) lets the program in, and names the ports to others where there are several", () => {
  const said = platformOf("darwin").firewall([3260]) ?? "";
  assertEquals(said.endsWith("System Settings > Network > Firewall"), true);
  assertEquals(platformOf("darwin").firewall([3260, 3261, 3262]), `${said}; others have to let in TCP ports 3260-3262`);
});
