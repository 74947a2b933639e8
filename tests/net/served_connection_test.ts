import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import type { ConnectionEvent } from "../../lib/iscsi/events.ts";
import type { Timeouts } from "../../lib/iscsi/keep_alive.ts";
import { asyncMessage } from "../../lib/iscsi/pdu/async_message.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { loginResponse } from "../../lib/iscsi/pdu/login.ts";
import { logoutRequest, logoutResponse } from "../../lib/iscsi/pdu/logout.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { Engine } from "../../lib/net/engine.ts";
import { ServedConnection } from "../../lib/net/served_connection.ts";
import { Catalogue } from "../../lib/target/catalogue.ts";
import { Target } from "../../lib/target/target.ts";
import { FakeSocket } from "../support/fake_socket.ts";
import { HeldStore } from "../support/held_store.ts";
import { hex } from "../support/hex.ts";
import { normal, TARGET } from "../support/login_steps.ts";
import { ScriptedInitiator } from "../support/scripted_initiator.ts";

/** Nobody is pinged and nobody hangs up while a test runs. */
const patient: Timeouts = { login: 3_600_000, ping: 0, answer: 0 };

interface ServeOptions {
  readonly timeouts?: Timeouts;
  readonly linger?: number;
  readonly keys?: readonly [string, string][];
  /** Bytes that may be lent at a time. */
  readonly memory?: number;
}

/** A served connection, its socket, and the initiator that speaks through it. */
class Served {
  readonly pool: BufferPool;
  readonly store = new HeldStore(16 << 20);
  readonly socket = new FakeSocket();
  readonly initiator = new ScriptedInitiator();
  readonly events: ConnectionEvent[] = [];
  readonly served: ServedConnection;
  readonly ended: Promise<unknown>;
  readonly catalogue: Catalogue;
  readonly running: Promise<void>;

  constructor(options: ServeOptions = {}) {
    const pool = this.pool = new BufferPool(options.memory === undefined ? {} : { limit: options.memory });
    const { socket } = this;
    const target = new Target({ name: TARGET, luns: [{ lun: 0, store: this.store }] });
    this.catalogue = new Catalogue({ targets: [target], pool }, () => {});
    const flush = () => this.served.flush();
    const end = Promise.withResolvers<unknown>();
    this.ended = end.promise;
    this.served = new ServedConnection({
      socket,
      engine: new Engine(this.catalogue, { answered: flush, reset: flush }),
      host: this.catalogue.portal("127.0.0.1:3260"),
      pool,
      timeouts: options.timeouts ?? patient,
      linger: options.linger ?? 3_600_000,
      peer: "test",
      onEvent: (_served, event) => this.events.push(event),
      onEnd: (_served, error) => end.resolve(error),
    });
    this.running = this.served.run();
  }

  /** Lets everything happen that can, then hands what was written to the initiator. */
  async settle(): Promise<ScriptedInitiator> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    this.initiator.receive(this.socket.take());
    return this.initiator;
  }

  /** Logs in and hears the unit attention. */
  async logIn(): Promise<void> {
    const keys = normal.filter(([key]) => key !== "AuthMethod");
    this.socket.send(this.initiator.login([...keys, ["MaxRecvDataSegmentLength", "262144"]]));
    assertEquals((await this.settle()).expect(loginResponse).statusClass, 0);
    this.socket.send(this.initiator.pdu(scsiCommand, {}));
    (await this.settle()).expect(scsiResponse);
  }

  /** Asks for 256 KiB. */
  read(): void {
    this.readAtOnce(1);
  }

  /** Asks for 256 KiB so many times, all in one piece. */
  readAtOnce(times: number): void {
    const cdb = hex("28000000000000020000000000000000");
    const values = { cdb, read: true, expectedDataTransferLength: 262144 };
    const pdus = Array.from({ length: times }, () => [...this.initiator.pdu(scsiCommand, values)]);
    this.socket.send(new Uint8Array(pdus.flat()));
  }

  /** Writes 64 KiB with immediate data. */
  write(): void {
    const cdb = hex("2a000000000000008000000000000000");
    const data = new Uint8Array(65536).fill(7);
    this.socket.send(this.initiator.pdu(scsiCommand, { cdb, write: true, expectedDataTransferLength: 65536 }, data));
  }

  /** The peer hangs up; everything that was lent must come back. Returns why the connection ended. */
  async end(): Promise<unknown> {
    this.socket.endInput();
    this.socket.release();
    const reason = await this.ended;
    await this.running;
    await this.store.release();
    assertEquals([this.pool.lent, this.socket.closed], [0, true]);
    return reason;
  }
}

Deno.test("run() logs in, answers and ends with the peer", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.send(peer.initiator.pdu(nopOut, {}, Uint8Array.of(1, 2, 3)));
  assertEquals((await peer.settle()).expect(nopIn).data, Uint8Array.of(1, 2, 3));
  assertEquals(await peer.end(), undefined);
  assertEquals(peer.events.map(({ kind }) => kind), ["login"]);
});

Deno.test("run() answers everything that came in one read with one write", async () => {
  const peer = new Served();
  await peer.logIn();
  const pings = [1, 2, 3, 4].map(() => [...peer.initiator.pdu(nopOut, {})]).flat();
  peer.socket.send(new Uint8Array(pings));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(peer.socket.written.map(({ length }) => length), [4 * 48]);
  await peer.end();
});

Deno.test("flush() goes on in the middle when a write takes a part", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.most = 7;
  peer.socket.send(peer.initiator.pdu(nopOut, {}, new Uint8Array(100).fill(5)));
  let initiator = await peer.settle();
  for (let tries = 0; tries < 5; tries++) initiator = await peer.settle();
  assertEquals(initiator.expect(nopIn).data, new Uint8Array(100).fill(5));
  await peer.end();
});

Deno.test("run() stops receiving when the peer asks faster than it listens, and goes on when it listens again", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.stuck = true;
  const ping = peer.initiator.pdu(nopOut, { immediate: true, initiatorTaskTag: 5 }, new Uint8Array(65536));
  for (let i = 0; i < 100; i++) peer.socket.send(ping);
  await peer.settle();
  const { unread } = peer.socket;
  assert(unread > 50 * ping.length);
  assert(peer.pool.lent < 8 << 20);
  await peer.settle();
  assertEquals(peer.socket.unread, unread);
  peer.socket.release();
  const initiator = await peer.settle();
  for (let i = 0; i < 100; i++) {
    if (i % 10 === 0) await peer.settle();
    assertEquals(initiator.expect(nopIn).data.length, 65536);
  }
  assertEquals(peer.socket.unread, 0);
  await peer.end();
});

Deno.test("run() hears the initiator while all send buffers wait for a store", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.store.holding.add("read");
  for (let i = 0; i < 10; i++) peer.read();
  await peer.settle();
  assertEquals(peer.served.connection.sender.transmit.full, true);
  peer.socket.send(peer.initiator.pdu(nopOut, { immediate: true }));
  (await peer.settle()).expect(nopIn);
  await peer.store.release();
  const initiator = await peer.settle();
  for (let i = 0; i < 10; i++) assertEquals(initiator.expect(dataIn).data.length, 262144);
  await peer.end();
});

Deno.test("run() takes no more data than memory is for while a store takes its time, and goes on when it has", async () => {
  const peer = new Served({ memory: 300_000 });
  await peer.logIn();
  peer.store.holding.add("write");
  for (let i = 0; i < 40; i++) peer.write();
  await peer.settle();
  const { lent } = peer.pool;
  assert(lent > 300_000 && lent < 300_000 + 3 * 70_000, `${lent} bytes are lent`);
  const { unread } = peer.socket;
  assert(unread > 30 * 65536);
  await peer.store.release(1);
  await peer.settle();
  assert(
    peer.socket.unread < unread && peer.pool.lent <= lent,
    `${peer.socket.unread} of ${unread}, ${peer.pool.lent} of ${lent}`,
  );
  await peer.store.release();
  const initiator = await peer.settle();
  for (let i = 0; i < 40; i++) {
    if (i % 4 === 0) await peer.settle();
    assertEquals(initiator.expect(scsiResponse).status, 0);
  }
  assertEquals(await peer.end(), undefined);
});

Deno.test("end() leaves nothing behind when memory is short and a store takes its time", async () => {
  const peer = new Served({ memory: 300_000 });
  await peer.logIn();
  peer.store.holding.add("write");
  for (let i = 0; i < 40; i++) peer.write();
  await peer.settle();
  const reason = new Error("Cannot go on: this is a test");
  peer.served.end(reason);
  assertEquals(await peer.end(), reason);
});

Deno.test("run() ends when a write fails, and says why", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.failure = new Error("Cannot write: broken pipe");
  peer.socket.send(peer.initiator.pdu(nopOut, {}));
  await peer.settle();
  assertEquals(await peer.end(), peer.socket.failure);
});

Deno.test("run() ends when the socket throws, whatever it is that has to be sent", async () => {
  for (const reads of [1, 10]) {
    const peer = new Served();
    await peer.logIn();
    const failure = new Error("Cannot write: this is a test");
    peer.socket.write = () => {
      throw failure;
    };
    // Ten are more than may wait to be sent: what has come with them waits as well.
    peer.readAtOnce(reads);
    await peer.settle();
    assertEquals(await peer.end(), failure);
  }
});

Deno.test("run() waits as often as it has to for what came in one read", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.stuck = true;
  peer.readAtOnce(60);
  await peer.settle();
  assert(peer.served.connection.sender.transmit.full);
  peer.socket.release();
  const initiator = await peer.settle();
  for (let i = 0; i < 60; i++) {
    if (i % 6 === 0) await peer.settle();
    assertEquals(initiator.expect(dataIn).data.length, 262144);
  }
  assertEquals(await peer.end(), undefined);
});

Deno.test("run() ends when what comes makes no sense, and says why", async () => {
  const peer = new Served();
  peer.socket.send(peer.initiator.pdu(nopOut, {}));
  assertInstanceOf(await peer.ended, ConnectionError);
  await peer.end();
});

Deno.test("end() leaves nothing behind when a write is under way and a command is with its store", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.stuck = true;
  peer.read();
  await peer.settle();
  peer.store.holding.add("read");
  peer.read();
  await peer.settle();
  assertEquals(peer.store.waiting, 1);
  const reason = new Error("Cannot go on: this is a test");
  peer.served.end(reason);
  peer.served.end();
  assertEquals(await peer.end(), reason);
});

Deno.test("a logout is answered, then nothing more is said, and the peer hangs up", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.socket.send(peer.initiator.pdu(logoutRequest, { reason: 0 }));
  (await peer.settle()).expect(logoutResponse);
  assertEquals([peer.socket.writeClosed, peer.socket.closed], [1, false]);
  peer.socket.send(peer.initiator.pdu(nopOut, {}));
  (await peer.settle()).expectNothing();
  assertEquals(peer.socket.writeClosed, 1);
  assertEquals(await peer.end(), undefined);
  assertEquals(peer.events.map(({ kind }) => kind), ["login", "logout"]);
});

Deno.test("the connection of a peer that does not hang up is ended, however much it still says", async () => {
  const peer = new Served({ linger: 1 });
  await peer.logIn();
  peer.socket.send(peer.initiator.pdu(logoutRequest, { reason: 0 }));
  const chatter = setInterval(() => peer.socket.send(new Uint8Array(48)), 0);
  await peer.ended;
  clearInterval(chatter);
  await peer.end();
});

Deno.test("the connection of a peer that does not take the last word is ended", async () => {
  const peer = new Served({ linger: 1 });
  await peer.logIn();
  peer.socket.stuck = true;
  peer.socket.send(peer.initiator.pdu(logoutRequest, { reason: 0 }));
  await peer.ended;
  await peer.end();
});

Deno.test("a login that takes too long is ended", async () => {
  const peer = new Served({ timeouts: { login: 1, ping: 0, answer: 0 } });
  const reason = await peer.ended;
  assertInstanceOf(reason, ConnectionError);
  assert(reason.message.startsWith("Cannot wait for the login"));
  await peer.end();
});

Deno.test("a silent peer is pinged, and ended when it has answered before and does no more", async () => {
  const peer = new Served({ timeouts: { login: 3_600_000, ping: 1, answer: 1 } });
  const keys = normal.filter(([key]) => key !== "AuthMethod");
  peer.socket.send(peer.initiator.login(keys));
  let ping = (await peer.settle()).next();
  while (ping?.name !== "nopIn") ping = (await peer.settle()).next();
  const { targetTransferTag } = ping.values as { targetTransferTag: number };
  peer.socket.send(peer.initiator.pdu(nopOut, { immediate: true, initiatorTaskTag: 0xffffffff, targetTransferTag }));
  const reason = await peer.ended;
  assertInstanceOf(reason, ConnectionError);
  assert(reason.message.startsWith("Cannot reach the initiator"));
  await peer.end();
});

Deno.test("an initiator that is asked to log out does, and its connection ends", async () => {
  const peer = new Served();
  await peer.logIn();
  peer.served.connection.requestLogout(5);
  peer.served.flush();
  const message = (await peer.settle()).expect(asyncMessage);
  assertEquals([message.asyncEvent, message.parameter3], [1, 5]);
  peer.socket.send(peer.initiator.pdu(logoutRequest, { reason: 0 }));
  (await peer.settle()).expect(logoutResponse);
  assertEquals(await peer.end(), undefined);
});
