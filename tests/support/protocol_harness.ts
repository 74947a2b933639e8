/**
 * The stage of protocol stories: targets in memory, the protocol engine, and scripted initiators on connections that are
 * arrays of bytes. No socket, no timer: time is what the story says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BufferPool, type BufferPoolOptions } from "../../lib/bytes/pool.ts";
import type { Timeouts } from "../../lib/iscsi/keep_alive.ts";
import { defaultLocalParameters, type LocalParameters } from "../../lib/iscsi/parameters.ts";
import type { Session } from "../../lib/iscsi/session.ts";
import { Engine } from "../../lib/net/engine.ts";
import { Catalogue } from "../../lib/target/catalogue.ts";
import { Target, type TargetOptions } from "../../lib/target/target.ts";
import { HeldStore } from "./held_store.ts";
import { type LogIn, Peer } from "./protocol_peer.ts";

/** The target that stories are about. */
export const TARGET = "iqn.2026-01.org.lunbox:story";
/** Where its connections come in. */
export const ADDRESS = "192.0.2.1:3260";

/** What is different from usual. */
export interface StoryOptions {
  readonly local?: Partial<LocalParameters>;
  readonly timeouts?: Partial<Timeouts>;
  readonly pool?: BufferPoolOptions;
  /** Of the target. */
  readonly queueDepth?: number;
  /** Of the target: who may log in. */
  readonly allow?: readonly string[];
  /** Of the target. */
  readonly alias?: string;
  /** Of the target: who must say a secret. */
  readonly chap?: NonNullable<TargetOptions["chap"]>;
  /** Of the target: where it has gone. */
  readonly redirect?: NonNullable<TargetOptions["redirect"]>;
  /** Of the target: who sees which units. */
  readonly lunMaps?: NonNullable<TargetOptions["lunMaps"]>;
  /** Further targets. */
  readonly targets?: readonly TargetOptions[];
}

/** A server without sockets. */
export class ProtocolHarness {
  /** Milliseconds. */
  now = 0;
  readonly timeouts: Timeouts;
  readonly pool: BufferPool;
  readonly engine: Engine;
  readonly catalogue: Catalogue;
  /** LUN 0: 16 MiB. */
  readonly store: HeldStore = new HeldStore(16 << 20);
  /** LUN 1: 1 MiB. */
  readonly second: HeldStore = new HeldStore(1 << 20);
  readonly #peers: Peer[] = [];

  constructor(options: StoryOptions = {}) {
    const { local, timeouts, pool, targets = [], ...rest } = options;
    this.timeouts = { login: 15_000, ping: 30_000, answer: 10_000, ...timeouts };
    this.pool = new BufferPool(pool);
    const luns = [{ lun: 0, store: this.store }, { lun: 1, store: this.second }];
    this.catalogue = new Catalogue({
      targets: [{ name: TARGET, luns, ...rest }, ...targets].map((each) => new Target(each)),
      pool: this.pool,
      local: { ...defaultLocalParameters, ...local },
    }, (session) => this.#displace(session));
    this.engine = new Engine(this.catalogue, {
      answered: (session) => this.#flush(session),
      reset: (session) => this.#reset(session),
    });
  }

  /** Opens a connection. */
  connect(): Peer {
    const peer = new Peer(this, this.catalogue.portal(ADDRESS));
    this.#peers.push(peer);
    return peer;
  }

  /** Opens a connection and logs in; the unit attentions of a new session are heard. */
  session(login: LogIn = {}): Peer {
    const peer = this.connect();
    peer.logIn(login);
    if (login.keys?.SessionType === "Discovery") return peer;
    for (const lun of [0, 1]) {
      peer.command(TEST_UNIT_READY, { lun });
      assertEquals(peer.ending().status, 2);
    }
    return peer;
  }

  /** Runs what is ready in a session; `by` sends what it has to say by itself. */
  run(session: Session, by: Peer): void {
    this.engine.run(session);
    for (const peer of peersOf(session)) if (peer !== by) peer.flush();
  }

  /** Lets time pass on all connections. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const peer of this.#peers) peer.tick();
    this.engine.tick(this.now);
  }

  /** The story is over: nothing is left unsaid, and everything that was lent has come back. */
  end(): void {
    for (const peer of this.#peers) {
      if (!peer.stalled) peer.expectNothing();
      peer.end();
    }
    assertEquals(this.store.waiting + this.second.waiting, 0, "operations of the store still wait");
    for (const session of [...this.catalogue.sessions()].filter(({ retention }) => retention !== undefined)) {
      this.engine.end(session);
      this.catalogue.leave(session);
    }
    assertEquals([...this.catalogue.sessions()], [], "sessions are left");
    assertEquals(this.pool.lent, 0, "buffers are not given back");
  }

  #displace(session: Session): void {
    this.engine.end(session);
    for (const peer of peersOf(session)) peer.end(new Error("Cannot go on: another login of the same port"));
  }

  #reset(session: Session): void {
    this.engine.end(session);
    for (const peer of peersOf(session)) {
      peer.connection.closing = true;
      peer.flush();
    }
  }

  #flush(session: Session): void {
    for (const peer of peersOf(session)) peer.flush();
  }
}

/** Tells a story: a test with a harness of its own, which must be clean in the end. */
export function story(
  name: string,
  play: (house: ProtocolHarness) => void | Promise<void>,
  options: StoryOptions = {},
): void {
  Deno.test(name, async () => {
    const house = new ProtocolHarness(options);
    await play(house);
    house.end();
  });
}

function peersOf(session: Session): Peer[] {
  return [...session.connections.values()].map(({ attachment }) => attachment).filter((each) => each instanceof Peer);
}

const TEST_UNIT_READY = new Uint8Array(6);
