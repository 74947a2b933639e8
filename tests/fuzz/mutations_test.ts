/**
 * Initiators that say almost the right thing do no harm: to the server, to its memory, or to the data of others.
 *
 * `LUNBOX_TEST_MUTATIONS` is how many there are, and `LUNBOX_TEST_SEED` which.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/initiator/connect.ts";
import { rejectReason } from "../../lib/iscsi/constants.ts";
import { defaultLocalParameters } from "../../lib/iscsi/parameters.ts";
import { reject } from "../../lib/iscsi/pdu/reject.ts";
import { runLoad } from "../../lib/load/run.ts";
import { Server } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import type { BlockStore } from "../../lib/store/store.ts";
import { ArrayStore } from "../support/array_store.ts";
import { within } from "../support/deadline.ts";
import { type Dialect, dialects, exchange, flood, mutate } from "../support/mutations.ts";
import { join } from "../support/pdu_bytes.ts";
import { Prng } from "../support/prng.ts";
import { ScriptedInitiator } from "../support/scripted_initiator.ts";
import { GONE } from "../support/wire.ts";

const HOSTILE = "iqn.2026-11.com.example:hostile";
const GOOD = "iqn.2026-11.com.example:good";
const MIB = 1 << 20;
const LANES = 4;
const MUTATIONS = Number(Deno.env.get("LUNBOX_TEST_MUTATIONS") || 1000);
const SEED = Number(Deno.env.get("LUNBOX_TEST_SEED") || 1);

/** A server with a target for either side. */
class House implements AsyncDisposable {
  readonly server: Server;
  /** Most bytes of buffers that were in use when somebody looked. */
  peak = 0;

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(memory: number, store: BlockStore): Promise<House> {
    const server = new Server({
      listen: [{ hostname: "127.0.0.1", port: 0 }],
      targets: [
        { name: HOSTILE, luns: [{ lun: 0, store }] },
        { name: GOOD, luns: [{ lun: 0, store: new MemoryStore(MIB) }] },
      ],
      local: { ...defaultLocalParameters, initialR2T: false, errorRecoveryLevel: 2 },
      memory,
    });
    await server.start();
    return new House(server);
  }

  get portal(): { hostname: string; port: number } {
    return { hostname: "127.0.0.1", port: this.server.portals[0]?.port ?? 0 };
  }

  /** Connects, and does several things at once. Whatever the server does to the connection is its right. */
  async connect(...uses: ((socket: Deno.TcpConn) => Promise<void>)[]): Promise<void> {
    using socket = await Deno.connect(this.portal);
    const results = await Promise.allSettled(uses.map((use) => use(socket)));
    this.peak = Math.max(this.peak, this.server.memoryInUse);
    for (const result of results) {
      if (result.status === "rejected" && !GONE.some((kind) => result.reason instanceof kind)) throw result.reason;
    }
  }

  /** Ends the server, which must have given everything back. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    assertEquals([this.server.connections, this.server.memoryInUse], [0, 0]);
  }
}

/** Somebody else, who reads and writes all the time that `story` takes, and finds what he has written. */
async function beside(house: House, story: Promise<void>): Promise<void> {
  const stop = new AbortController();
  const load = runLoad({
    portal: house.portal,
    login: { initiatorName: "iqn.2026-11.com.example:initiator", targetName: GOOD },
    ...{ lun: 0, depth: 4, size: 8192, readPercent: 50, random: true, sessions: 2, verify: true },
    ...{ duration: 3600, warmUp: 0, timeout: 30_000, seed: 1, signal: stop.signal },
  }, { connect, now: () => performance.now() });
  const told = story.finally(() => stop.abort());
  const [{ tally }] = await Promise.all([load, told]);
  assert(tally.reads.count > 0, "nothing was read beside it");
}

async function write(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** Says everything, and that it is everything. */
function say(parts: readonly Uint8Array[]): (socket: Deno.TcpConn) => Promise<void> {
  return async (socket) => {
    await write(socket, join(parts));
    await socket.closeWrite();
  };
}

/** Reads to the end; `hear` says with `true` that it has heard enough. */
async function hearOut(socket: Deno.TcpConn, hear: (bytes: Uint8Array) => boolean | void = () => {}): Promise<void> {
  const bytes = new Uint8Array(65536);
  for (let length = await socket.read(bytes); length !== null; length = await socket.read(bytes)) {
    if (hear(bytes.slice(0, length)) === true) return;
  }
}

/** A mutated exchange, and who sends it. */
interface Mutation {
  readonly parts: Uint8Array<ArrayBuffer>[];
  readonly dialect: Dialect;
  readonly random: Prng;
}

/** Sends mutations one after the other on each of several lanes. */
async function sendMutations(count: number, seed: number, send: (mutation: Mutation) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
    const random = new Prng(seed * LANES + lane);
    const initiator = `iqn.2026-11.com.example:lane-${lane}`;
    const good = dialects.map((dialect) => ({ dialect, parts: exchange({ target: HOSTILE, initiator, dialect }) }));
    for (let number = lane; number < count; number += LANES) {
      const { dialect, parts } = random.pick(good);
      const mutation = { parts: mutate(parts, dialect, random), dialect, random };
      await within(30, `mutation ${number} of seed ${seed}`, send(mutation));
    }
  }));
}

/** Says what is left of an exchange when its login is over, and hears all answers. */
async function converse(house: House, dialect: Dialect): Promise<ScriptedInitiator> {
  const parts = exchange({ target: HOSTILE, initiator: "iqn.2026-11.com.example:right", dialect });
  const initiator = new ScriptedInitiator();
  let logins = 0;
  await house.connect(async (socket) => {
    await write(socket, join(parts.slice(0, 2)));
    await hearOut(socket, (bytes) => {
      initiator.receive(bytes);
      while (initiator.next() !== undefined) logins++;
      return logins === 2;
    });
    initiator.headerDigest = initiator.dataDigest = dialect.digests === true;
    await write(socket, join(parts.slice(2)));
    await hearOut(socket, (bytes) => initiator.receive(bytes));
  });
  return initiator;
}

for (const dialect of dialects) {
  Deno.test(`exchange() is understood to its end where nothing is wrong with it: ${dialect.name}`, async () => {
    await using house = await House.start(32 * MIB, new MemoryStore(MIB));
    const initiator = await converse(house, dialect);
    // A status that is sent again has the same StatSN.
    const statuses = new Map<unknown, unknown>();
    const kinds = new Set<string>();
    for (let answer = initiator.next(); answer !== undefined; answer = initiator.next()) {
      kinds.add(answer.name);
      if (answer.name === "scsiResponse") statuses.set(answer.values.statSn, answer.values.status);
      if (answer.name === "reject") assertEquals(reject.reason.get(answer.header), rejectReason.snackReject);
    }
    // The unit attention of a new session is all that goes wrong.
    assertEquals([...statuses.values()], [2, 0, 0]);
    for (const kind of ["dataIn", "r2t", "nopIn", "textResponse", "taskManagementResponse", "logoutResponse"]) {
      assert(kinds.has(kind), `no ${kind} among ${[...kinds]}`);
    }
  });
}

Deno.test(`${MUTATIONS} initiators that are almost right harm nobody`, async () => {
  await using house = await House.start(32 * MIB, new MemoryStore(MIB));
  const mutations = sendMutations(MUTATIONS, SEED, ({ parts, random }) => {
    // A third hangs up without having heard an answer.
    return random.below(3) === 0 ? house.connect(say(parts)) : house.connect(say(parts), hearOut);
  });
  await beside(house, mutations);
  assert(house.peak < 64 * MIB, `${house.peak} bytes of buffers were in use`);
});

Deno.test("initiators that are almost right, and deaf, harm nobody where memory is short and stores are slow", async () => {
  await using house = await House.start(MIB, new ArrayStore(4 * MIB, { blockSize: 512, late: true }));
  const mutations = sendMutations(MUTATIONS / 5, SEED + 1, ({ parts, dialect, random }) => {
    // Who listens asks for too much before all else; who does not would wait for ever to say what comes behind that.
    const deaf = random.below(2) === 0;
    parts.splice(deaf ? parts.length : 2, 0, ...flood(dialect, 32));
    return deaf ? house.connect(say(parts)) : house.connect(say(parts), hearOut);
  });
  await beside(house, mutations);
  assert(house.peak < 64 * MIB, `${house.peak} bytes of buffers were in use`);
});
