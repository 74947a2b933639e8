import { assert, assertEquals, assertThrows } from "@std/assert";
import { OpenPortals } from "../../lib/net/open_portals.ts";
import type { PortalView } from "../../lib/target/catalogue.ts";
import { planPortals } from "../../lib/target/portals.ts";

const redirect = { address: "nas:3260", permanent: false };

/** Connects to a port and hands out what the portals make of it. */
async function arrive(hostname: string, port: number, arrived: Promise<PortalView>): Promise<PortalView> {
  using _client = await Deno.connect({ hostname, port });
  return await arrived;
}

Deno.test("OpenPortals say where a connection has come to, and what it may be told", async () => {
  const portals = new OpenPortals(planPortals([
    { hostname: "127.0.0.1", port: 0 },
    { hostname: "127.0.0.1", port: 0, portalGroup: 2, redirect },
  ]));
  assertEquals(portals.all, []);
  let arrived = Promise.withResolvers<PortalView>();
  portals.open((conn, view) => {
    conn.close();
    arrived.resolve(view);
  });
  try {
    const [first, second] = portals.all.map(({ port }) => port);
    assert(first !== undefined && second !== undefined && first > 0 && second > 0);
    const one = await arrive("127.0.0.1", first, arrived.promise);
    assertEquals([one.portalGroup, one.peer, one.redirect], [1, "127.0.0.1", undefined]);
    assertEquals(one.addresses(), [
      { address: `127.0.0.1:${first}`, portalGroup: 1 },
      { address: `127.0.0.1:${second}`, portalGroup: 2 },
    ]);
    arrived = Promise.withResolvers();
    const two = await arrive("127.0.0.1", second, arrived.promise);
    assertEquals([two.portalGroup, two.redirect], [2, redirect]);
    assertEquals(two.addresses().map(({ portalGroup }) => portalGroup), [2, 1]);
    // Another server's portals, one for each of ours: the one for the portal reached comes first.
    const elsewhere = planPortals([{ hostname: "0.0.0.0", port: 1 }, {
      hostname: "127.0.0.2",
      port: 2,
      portalGroup: 2,
    }]);
    assertEquals([one, two].map((view) => view.addresses(elsewhere).map(({ address }) => address)), [
      ["127.0.0.1:1", "127.0.0.2:2"],
      ["127.0.0.2:2", "127.0.0.1:1"],
    ]);
  } finally {
    portals.close();
  }
  assertEquals(portals.all, []);
});

Deno.test("OpenPortals listen on nothing when one address is taken", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const portals = new OpenPortals(planPortals([
    { hostname: "127.0.0.1", port: 0 },
    { hostname: "127.0.0.1", port: taken.addr.port },
  ]));
  assertThrows(() => portals.open(() => {}), Error, "Cannot listen on");
  assertEquals(portals.all, []);
});

Deno.test("OpenPortals tell IPv6 loopback as it is", async () => {
  const portals = new OpenPortals(planPortals([{ hostname: "::1", port: 0 }]));
  const arrived = Promise.withResolvers<PortalView>();
  try {
    portals.open((conn, view) => {
      conn.close();
      arrived.resolve(view);
    });
  } catch {
    // This machine has no IPv6.
    return;
  }
  try {
    const port = portals.all[0]?.port ?? 0;
    const view = await arrive("::1", port, arrived.promise);
    assertEquals(view.addresses(), [{ address: `[::1]:${port}`, portalGroup: 1 }]);
  } finally {
    portals.close();
  }
});
