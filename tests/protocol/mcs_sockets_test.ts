/**
 * Several connections of a session over real sockets: what comes in on one moves another (RFC 7143 §4.2.2, §11.14).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Fields, Layout } from "../../lib/bytes/layout.ts";
import { loginResponse, logoutRequest, logoutResponse, scsiCommand, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";
import { defaultLocalParameters } from "../../lib/iscsi/parameters.ts";
import { Server } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { within } from "../support/deadline.ts";
import type { PduOf } from "../support/pdu_bytes.ts";
import { ScriptedInitiator } from "../support/scripted_initiator.ts";

const TARGET = "iqn.2026-11.com.example:disk";

/** A scripted initiator on a socket. */
class Client implements Disposable {
  readonly initiator = new ScriptedInitiator();
  readonly #socket: Deno.TcpConn;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /** Connects and logs in to a session; 0 for a new one. Returns the TSIH too. */
  static async logIn(server: Server, tsih: number, cid: number, level = "0"): Promise<[client: Client, tsih: number]> {
    const client = new Client(await Deno.connect({ hostname: "127.0.0.1", port: server.portals[0]?.port ?? 0 }));
    const pairs = { InitiatorName: "iqn.2026-11.com.example:host", TargetName: TARGET };
    const keys = tsih === 0 ? { MaxConnections: "4", ErrorRecoveryLevel: level } : {};
    await client.write(client.initiator.login(Object.entries({ ...pairs, ...keys }), { tsih, cid }));
    const { statusClass, tsih: session } = await client.expect(loginResponse);
    assertEquals(statusClass, 0);
    client.initiator.initiatorTaskTag = 0x10000 * (cid + 1);
    return [client, session];
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }

  /** Sends TEST UNIT READY with a CmdSN. */
  testUnitReady(cmdSn: number): Promise<void> {
    return this.write(this.initiator.pdu(scsiCommand, { attribute: 1, cmdSn }));
  }

  /** The next answer, as soon as it is there. */
  async expect<F extends Fields>(layout: Layout<F>): Promise<PduOf<F>> {
    const buffer = new Uint8Array(65536);
    for (;;) {
      try {
        return this.initiator.expect(layout);
      } catch (error) {
        if (!String(error).includes("nothing has come")) throw error;
      }
      const length = await within(20, "an answer", this.#socket.read(buffer));
      if (length === null) throw new Error("Cannot read an answer: the connection has ended");
      this.initiator.receive(buffer.subarray(0, length));
    }
  }

  /** Settles when the target has hung up. */
  async ended(): Promise<void> {
    assertEquals(await within(20, "the end", this.#socket.read(new Uint8Array(1))), null);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

function serverOf(): Server {
  return new Server({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    targets: [{ name: TARGET, luns: [{ lun: 0, store: new MemoryStore(1 << 20) }] }],
    local: { ...defaultLocalParameters, errorRecoveryLevel: 2 },
  });
}

Deno.test("a command that waits on one connection is answered when its turn comes on another", async () => {
  await using server = serverOf();
  await server.start();
  const [a, tsih] = await Client.logIn(server, 0, 0);
  const [b] = await Client.logIn(server, tsih, 1);
  using _a = a;
  using _b = b;
  await b.testUnitReady(2);
  await a.testUnitReady(1);
  const [first, second] = [await a.expect(scsiResponse), await b.expect(scsiResponse)];
  assertEquals([first.status, second.status], [2, 0]);
});

Deno.test("a logout on one connection hangs another one up", async () => {
  await using server = serverOf();
  await server.start();
  const [a, tsih] = await Client.logIn(server, 0, 0);
  const [b] = await Client.logIn(server, tsih, 1);
  using _a = a;
  using _b = b;
  await a.write(a.initiator.pdu(logoutRequest, { reason: 1, cid: 1, immediate: true }));
  assertEquals((await a.expect(logoutResponse)).response, 0);
  await b.ended();
  await a.testUnitReady(1);
  assertEquals((await a.expect(scsiResponse)).status, 2);
});

Deno.test("a connection that comes back hangs the old one up", async () => {
  await using server = serverOf();
  await server.start();
  const [a, tsih] = await Client.logIn(server, 0, 0);
  using _a = a;
  const [again] = await Client.logIn(server, tsih, 0);
  using _again = again;
  await a.ended();
  await again.testUnitReady(1);
  assertEquals((await again.expect(scsiResponse)).status, 2);
});

Deno.test("a session at level 2 outlives its connections, and ends with the server", async () => {
  await using server = serverOf();
  await server.start();
  const [a, tsih] = await Client.logIn(server, 0, 0, "2");
  a[Symbol.dispose]();
  while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const [b] = await Client.logIn(server, tsih, 1);
  using _b = b;
  await b.testUnitReady(1);
  assertEquals((await b.expect(scsiResponse)).status, 2);
});
