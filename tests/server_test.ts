import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { asyncEvent, opcode } from "../lib/iscsi/constants.ts";
import { asyncMessage } from "../lib/iscsi/pdu/async_message.ts";
import { bhs } from "../lib/iscsi/pdu/bhs.ts";
import { loginResponse } from "../lib/iscsi/pdu/login.ts";
import { Server, type ServerOptions } from "../lib/server.ts";
import { StoreSilentError } from "../lib/target/settle.ts";
import { within } from "./support/deadline.ts";
import { HeldStore } from "./support/held_store.ts";
import { hex } from "./support/hex.ts";
import { Prng } from "./support/prng.ts";
import { WireClient } from "./support/wire.ts";

const TARGET = "iqn.2026-11.com.example:disk";
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const READ = hex("28000000000000000100");
const WRITE = hex("2a000000000000000100");

/** A server with one disk on a free port. */
class House implements AsyncDisposable {
  readonly store = new HeldStore(1 << 20);
  readonly server: Server;

  private constructor(options: ServerOptions) {
    this.server = new Server({
      listen: [LOOPBACK],
      targets: [{ name: TARGET, luns: [{ lun: 0, store: this.store }] }],
      ...options,
    });
  }

  static async start(options: ServerOptions = {}): Promise<House> {
    const house = new House(options);
    await house.server.start();
    return house;
  }

  get port(): number {
    return this.server.portals[0]?.port ?? 0;
  }

  /** Logs in and hears the unit attention. */
  async client(qualifier = 0): Promise<WireClient> {
    const client = await WireClient.session(this.port, { target: TARGET, qualifier });
    await client.command(new Uint8Array(6), {});
    return client;
  }

  /** Waits until nobody is connected. */
  async empty(): Promise<void> {
    const gone = async () => {
      while (this.server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await within(20, "the last connection to go", gone());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    assertEquals([this.server.connections, this.server.memoryInUse], [0, 0]);
  }
}

/** The disk answers. */
async function serves(client: WireClient): Promise<void> {
  assertEquals((await client.command(READ, { read: 512 })).status, 0);
}

Deno.test("start() listens, and tells on which port", async () => {
  await using house = await House.start({ listen: [LOOPBACK, LOOPBACK] });
  const ports = house.server.portals.map(({ port }) => port);
  assert(ports.length === 2 && ports.every((port) => port > 0));
});

Deno.test("start() listens nowhere when one of the addresses is taken", async () => {
  await using house = await House.start();
  const other = new Server({ listen: [LOOPBACK, { hostname: "127.0.0.1", port: house.port }] });
  await assertRejects(() => other.start(), Error, "something else does already");
  assertEquals(other.portals, []);
});

Deno.test("addTarget() adds a target that initiators can use at once", async () => {
  await using house = await House.start({ targets: [] });
  house.server.addTarget({ name: TARGET, luns: [{ lun: 0, store: house.store }] });
  assertThrows(() => house.server.addTarget({ name: TARGET }), TypeError, "it is there twice");
  assertEquals([...house.server.targets.keys()], [TARGET]);
  using client = await house.client();
  await serves(client);
});

Deno.test("200 logins in a row leave nothing behind, whether the initiator says goodbye or not", async () => {
  await using house = await House.start();
  for (let i = 0; i < 200; i++) {
    using client = await house.client(i % 7);
    if (i % 2 === 0) await client.logout();
  }
  await house.empty();
  assertEquals(house.server.memoryInUse, 0);
});

Deno.test("an initiator that logs in again takes the place of its old session", async () => {
  await using house = await House.start();
  using old = await house.client();
  using other = await house.client(1);
  using again = await house.client();
  await within(20, "the old session to end", old.untilClosed());
  await serves(again);
  await serves(other);
});

Deno.test("random bytes on the port disturb nobody", async () => {
  await using house = await House.start();
  using client = await house.client();
  const prng = new Prng(1);
  for (let i = 0; i < 30; i++) {
    using noise = await WireClient.connect(house.port);
    // Half of them begin like a login.
    const bytes = prng.fill(new Uint8Array(1 + prng.below(20_000)));
    if (i % 2 === 0) bytes.set(hex("43870000000000"), 0);
    await noise.write(bytes).catch(() => {});
    await serves(client);
  }
});

Deno.test("an initiator that sends one byte at a time is served, and holds nobody up", async () => {
  await using house = await House.start();
  using client = await house.client();
  using slow = await WireClient.connect(house.port);
  const bytes = WireClient.loginBytes({ target: TARGET, qualifier: 9 });
  for (let at = 0; at < bytes.length; at++) {
    await slow.write(bytes.subarray(at, at + 1));
    if (at % 100 === 0) await serves(client);
  }
  const { header } = await slow.receive();
  assertEquals([bhs.opcode.get(header), loginResponse.statusClass.get(header)], [opcode.loginResponse, 0]);
});

Deno.test("whoever does not log in is let go of when the time for it is over", async () => {
  await using house = await House.start({ timeouts: { login: 30, ping: 0, answer: 0 } });
  using silent = await WireClient.connect(house.port);
  using half = await WireClient.connect(house.port);
  await half.write(WireClient.loginBytes({ target: TARGET }).subarray(0, 100));
  await within(20, "silent connections to end", Promise.all([silent.untilClosed(), half.untilClosed()]));
  using client = await house.client();
  await serves(client);
});

Deno.test("a connection too many is refused, and there is room again when one has gone", async () => {
  await using house = await House.start({ maxConnections: 1 });
  const first = await house.client();
  using second = await WireClient.connect(house.port);
  await within(20, "the connection to be refused", second.untilClosed());
  first.close();
  await house.empty();
  using third = await house.client();
  await serves(third);
});

Deno.test("drain() asks initiators to log out, and ends when the last one has", async () => {
  await using house = await House.start();
  using client = await house.client();
  const draining = house.server.drain({ timeout: 20_000 });
  const { header } = await client.receive();
  assertEquals(bhs.opcode.get(header), opcode.asyncMessage);
  assertEquals([asyncMessage.asyncEvent.get(header), asyncMessage.parameter3.get(header)], [
    asyncEvent.logoutRequested,
    20,
  ]);
  await serves(client);
  await assertRejects(() => house.client(1), Error, "status 3/1");
  await client.logout();
  client.close();
  await within(15, "the server to end", draining);
  await house.server.finished;
});

Deno.test("drain() ends without those who stay, and at once without those who have not logged in", async () => {
  await using house = await House.start();
  using stranger = await WireClient.connect(house.port);
  using client = await house.client();
  const draining = house.server.drain({ timeout: 30 });
  await within(20, "the stranger to be let go of", stranger.untilClosed());
  await within(20, "the server to end", draining);
  await within(20, "the initiator to be let go of", client.untilClosed());
});

Deno.test("drain() ends at once when nobody is there", async () => {
  await using house = await House.start();
  await within(20, "the server to end", house.server.drain({ timeout: 3_600_000 }));
});

Deno.test("stop() ends connections, refuses new ones and flushes", async () => {
  await using house = await House.start();
  const { port } = house;
  using client = await house.client();
  await client.command(WRITE, { write: new Uint8Array(512) });
  await within(20, "the server to stop", house.server.stop());
  assertEquals(house.store.calls.at(-1), "flush");
  await within(20, "the initiator to be let go of", client.untilClosed());
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }), Deno.errors.ConnectionRefused);
});

Deno.test("stop() flushes when the last command has come back from its store", async () => {
  await using house = await House.start();
  using client = await house.client();
  house.store.holding.add("write");
  const writing = client.command(WRITE, { write: new Uint8Array(512).fill(7) }).catch(() => "no answer");
  while (house.store.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  let stopped = false;
  const stopping = house.server.stop().then(() => stopped = true);
  assertEquals(await writing, "no answer");
  assertEquals([stopped, house.store.calls.includes("flush")], [false, false]);
  await house.store.release();
  await within(20, "the server to stop", stopping);
  assertEquals(house.store.calls.slice(-2), ["write 0 512", "flush"]);
});

for (const operation of ["write", "flush"] as const) {
  Deno.test(`stop() does not wait for ever when a disk keeps a ${operation}, and flushes the others`, async () => {
    const [silent, other] = [new HeldStore(1 << 20), new HeldStore(1 << 20)];
    const luns = [{ lun: 0, store: silent }, { lun: 1, store: other }];
    const server = new Server({ listen: [LOOPBACK], targets: [{ name: TARGET, luns }] });
    await server.start();
    using client = await WireClient.session(server.portals[0]?.port ?? 0, { target: TARGET, qualifier: 0 });
    await client.command(new Uint8Array(6), {});
    silent.holding.add(operation);
    if (operation === "flush") silent.holding.delete("write");
    const writing = client.command(WRITE, { write: new Uint8Array(512) }).catch(() => "no answer");
    if (operation === "write") { while (silent.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1)); }
    else await writing;
    if (operation === "write") silent.holding.add("flush");
    const stopped = server.stop({ patience: 20 });
    await assertRejects(() => stopped, StoreSilentError, `Cannot flush LUN 0 of ${TARGET}: no answer within 20 ms`);
    await assertRejects(() => server.finished, StoreSilentError);
    assertEquals([other.calls, server.connections], [["flush"], 0]);
    await silent.release();
    await writing;
    assertEquals(server.memoryInUse, 0, "what comes back late is still given back");
  });
}

Deno.test("stop() fails, and finished with it, when a store cannot be flushed", async () => {
  const store = new HeldStore(1 << 20);
  store.flush = () => Promise.reject(new Error("Cannot flush: the disk is gone"));
  const server = new Server({ listen: [LOOPBACK], targets: [{ name: TARGET, luns: [{ lun: 0, store }] }] });
  await server.start();
  await assertRejects(() => server.stop(), Error, "the disk is gone");
  await assertRejects(() => server.finished, Error, "the disk is gone");
});
