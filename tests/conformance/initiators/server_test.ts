/**
 * What initiators want of the server around the protocol, over real sockets.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Server } from "../../../lib/server.ts";
import { itemTest } from "../../support/certification.ts";
import { HeldStore } from "../../support/held_store.ts";
import { WireClient } from "../../support/wire.ts";

const target = "iqn.2026-11.com.example:disk";

function serverOf(): Server {
  return new Server({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    targets: [{ name: target, luns: [{ lun: 0, store: new HeldStore(1 << 20) }] }],
  });
}

itemTest(
  ["WIN 11"],
  "The portal opens when its targets are there: the first login gets in, and finds its disk",
  async () => {
    const server = serverOf();
    await server.start();
    try {
      using client = await WireClient.session(server.portals[0]?.port ?? 0, { target });
      // The unit attention of a new session, then a disk.
      const statuses = [await client.command(new Uint8Array(6), {}), await client.command(new Uint8Array(6), {})];
      assertEquals(statuses.map(({ status }) => status), [2, 0]);
      await client.logout();
    } finally {
      await server.stop();
    }
  },
);

itemTest(["WIN 28"], "Nagle's algorithm is off on every connection that comes in", async () => {
  const server = serverOf();
  await server.start();
  const port = server.portals[0]?.port ?? 0;
  const probe = await Deno.connect({ hostname: "127.0.0.1", port });
  const kind = Object.getPrototypeOf(probe) as Deno.TcpConn;
  const { setNoDelay } = kind;
  const off: boolean[] = [];
  kind.setNoDelay = function (this: Deno.TcpConn, noDelay = true): void {
    if (this.localAddr.port === port) off.push(noDelay);
    setNoDelay.call(this, noDelay);
  };
  try {
    for (let qualifier = 0; qualifier < 3; qualifier++) {
      using client = await WireClient.session(port, { target, qualifier });
      await client.logout();
    }
    assertEquals(off, [true, true, true]);
  } finally {
    kind.setNoDelay = setNoDelay;
    probe.close();
    await server.stop();
  }
});
