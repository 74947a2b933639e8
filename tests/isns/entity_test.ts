import { assertEquals } from "@std/assert";
import { entityOf } from "../../lib/isns/entity.ts";
import { planPortals } from "../../lib/target/portals.ts";
import { Target } from "../../lib/target/target.ts";

const a = new Target({ name: "iqn.2026-01.example:a", alias: "A" });
const b = new Target({ name: "iqn.2026-01.example:b", portalGroups: [2] });

Deno.test("entityOf() registers targets at the portals of their groups", () => {
  const portals = planPortals([
    { hostname: "0.0.0.0", port: 3260 },
    { hostname: "2001:db8::1", port: 3261, portalGroup: 2 },
    { hostname: "127.0.0.1", port: 3262, portalGroup: 3 },
    { hostname: "198.51.100.1", port: 3263, portalGroup: 4, advertise: { hostname: "nas.example", port: 3260 } },
  ]);
  const six = new Uint8Array(16);
  six.set([0x20, 0x01, 0x0d, 0xb8]);
  six[15] = 1;
  assertEquals(entityOf([a, b], portals, "192.0.2.1"), {
    identifier: "iqn.2026-01.example:a",
    portals: [
      { address: Uint8Array.of(192, 0, 2, 1), port: 3260, portalGroup: 1 },
      { address: six, port: 3261, portalGroup: 2 },
    ],
    targets: [
      { name: "iqn.2026-01.example:a", alias: "A", portalGroups: [1, 2] },
      { name: "iqn.2026-01.example:b", alias: undefined, portalGroups: [2] },
    ],
  });
});

Deno.test("entityOf() registers targets of other servers at the portals of those, and only there", () => {
  const front = planPortals([{ hostname: "0.0.0.0", port: 3260 }]);
  const targets = [3261, 3262].map((port) =>
    new Target({ name: `iqn.2026-01.example:${port}`, elsewhere: planPortals([{ hostname: "0.0.0.0", port }]) })
  );
  const [one, two] = [3261, 3262].map((port) => ({ address: Uint8Array.of(192, 0, 2, 1), port, portalGroup: 1 }));
  assertEquals(entityOf(targets, front, "192.0.2.1"), {
    identifier: "iqn.2026-01.example:3261",
    portals: [one, two],
    targets: [
      { name: "iqn.2026-01.example:3261", alias: undefined, portalGroups: [1], portals: [one] },
      { name: "iqn.2026-01.example:3262", alias: undefined, portalGroups: [1], portals: [two] },
    ],
  } as ReturnType<typeof entityOf>);
});

Deno.test("entityOf() leaves out targets that nobody could reach", () => {
  const portals = planPortals([{ hostname: "192.0.2.1", port: 3260 }]);
  assertEquals(entityOf([b, a], portals, "192.0.2.1").targets.map(({ name }) => name), ["iqn.2026-01.example:a"]);
  assertEquals(entityOf([b], portals, "192.0.2.1").identifier, "");
});
