/**
 * The server: targets, portals and everything between them; started, drained, stopped.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import { BufferPool } from "./bytes/pool.ts";
import { announceDroppedSession } from "./iscsi/async_messages.ts";
import type { Timeouts } from "./iscsi/keep_alive.ts";
import { IsnsClient } from "./isns/client.ts";
import { entityOf } from "./isns/entity.ts";
import { isnsNetwork } from "./isns/network.ts";
import type { LocalParameters } from "./iscsi/parameters.ts";
import { Engine } from "./net/engine.ts";
import type { ListenAddress } from "./net/listener.ts";
import { LoginGate } from "./net/login_gate.ts";
import { OpenPortals } from "./net/open_portals.ts";
import { flushAll, ServedConnections } from "./net/served_connections.ts";
import { Authenticator } from "./target/authenticator.ts";
import { Catalogue } from "./target/catalogue.ts";
import { type ChapAccount, ChapAccounts, type ChapAccountsOptions } from "./target/chap_accounts.ts";
import { LoginThrottle, type LoginThrottleOptions } from "./target/login_throttle.ts";
import { planPortals, type PortalOptions } from "./target/portals.ts";
import { settleStores } from "./target/settle.ts";
import { Target, type TargetOptions } from "./target/target.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** Where to listen; `127.0.0.1:3260` by default. */
  readonly listen?: readonly PortalOptions[];
  /** The targets, or what they are made of; more can be added. */
  readonly targets?: readonly (Target | TargetOptions)[];
  /** Where initiators are told to connect when that is not where they found us: behind NAT, in a container. */
  readonly advertise?: ListenAddress | readonly ListenAddress[];
  /** CHAP for discovery, and what all CHAP of the server has in common. */
  readonly chap?: ServerChapOptions;
  /** The iSNS server to register with. */
  readonly isns?: ListenAddress;
  readonly log?: Logger;
  /** Our side of every negotiation. */
  readonly local?: LocalParameters;
  readonly timeouts?: Timeouts;
  /** Connections that may be open at a time; 4096 by default. */
  readonly maxConnections?: number;
  /** Bytes of buffers for data on its way; 256 MiB by default. */
  readonly memory?: number;
}

/** The server's part of CHAP; the accounts of a target are the target's. */
export interface ServerChapOptions extends ChapAccountsOptions {
  /** Who may discover targets; absent: nobody is asked. */
  readonly discovery?: readonly ChapAccount[];
  /** Names of acceptable algorithms, the one that we like best first: SHA3-256, SHA256, SHA1, MD5 by default. */
  readonly algorithms?: readonly string[];
  /** How slow guessing of secrets is made. */
  readonly throttle?: LoginThrottleOptions;
}

/** What a stopping server grants. */
export interface StopOptions {
  /** Milliseconds for running commands to end in, and then for stores to flush in; 30000 by default. */
  readonly patience?: number;
}

/** What a draining server grants. */
export interface DrainOptions extends StopOptions {
  /** Milliseconds for initiators to log out in; 5000 by default. */
  readonly timeout?: number;
}

/**
 * An iSCSI server.
 *
 * @example
 * ```ts
 * import { Server } from "./server.ts";
 * import { MemoryStore } from "./store/memory_store.ts";
 *
 * const server = new Server({
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   targets: [{ name: "iqn.2026-11.com.example:ram", luns: [{ lun: 0, store: new MemoryStore(1 << 20) }] }],
 * });
 * await server.start();
 * await server.stop();
 * ```
 */
export class Server implements AsyncDisposable {
  /** Settles when the server has ended; rejects when it could not go on. */
  readonly finished: Promise<void>;
  readonly #options: ServerOptions;
  readonly #catalogue: Catalogue;
  readonly #engine: Engine;
  readonly #served: ServedConnections;
  readonly #pool: BufferPool;
  readonly #portals: OpenPortals;
  readonly #gate: LoginGate;
  #isns: IsnsClient | undefined;
  readonly #finish: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#portals = new OpenPortals(
      planPortals(options.listen ?? [{ hostname: "127.0.0.1", port: 3260 }], options.advertise),
    );
    this.finished = this.#finish.promise;
    this.#pool = new BufferPool(options.memory === undefined ? {} : { limit: options.memory });
    this.#gate = new LoginGate({ throttle: new LoginThrottle(options.chap?.throttle), log: options.log });
    this.#catalogue = new Catalogue({
      guards: this.#gate,
      targets: options.targets?.map(toTarget) ?? [],
      pool: this.#pool,
      authenticator: new Authenticator({ algorithms: options.chap?.algorithms }),
      discovery: options.chap?.discovery && new ChapAccounts(options.chap.discovery, options.chap),
      ...(options.local === undefined ? {} : { local: options.local }),
    }, (session) => this.#served.displace(session));
    // Target ports are there before anyone comes through them: initiators ask each for all of them.
    for (const target of this.#catalogue.targets.values()) this.#portals.prepare(target);
    this.#engine = new Engine(this.#catalogue, {
      answered: flushAll,
      reset: (session) => this.#served.hangUp(session),
    });
    this.#served = new ServedConnections({
      catalogue: this.#catalogue,
      engine: this.#engine,
      gate: this.#gate,
      pool: this.#pool,
      log: options.log,
      timeouts: options.timeouts,
      most: options.maxConnections,
    });
  }

  /**
   * Adds a target; initiators find it from now on.
   *
   * @throws {TypeError} when there is one of that name
   */
  addTarget(target: Target | TargetOptions): this {
    const added = toTarget(target);
    this.#portals.prepare(added);
    this.#catalogue.add(added);
    this.#engine.attach(added);
    this.#isns?.changed();
    return this;
  }

  /** The targets by name. */
  get targets(): ReadonlyMap<string, Target> {
    return this.#catalogue.targets;
  }

  /** Where the server listens, with the real ports. */
  get portals(): readonly ListenAddress[] {
    return this.#portals.all.map(({ hostname, port }) => ({ hostname, port }));
  }

  /** Open connections. */
  get connections(): number {
    return this.#served.size;
  }

  /** Bytes of buffers in use; zero when nobody is connected and no command is with a store. */
  get memoryInUse(): number {
    return this.#pool.lent;
  }

  /**
   * Begins to listen.
   *
   * @throws {Error} when an address cannot be listened on; then none is.
   */
  start(): Promise<void> {
    try {
      this.#portals.open((conn, view) => this.#served.accept(conn, view));
    } catch (error) {
      return Promise.reject(error);
    }
    this.#startIsns();
    return Promise.resolve();
  }

  /** Takes no new sessions, asks initiators to log out (RFC 7143 §11.9), waits for them for a while, and stops. */
  async drain(options: DrainOptions = {}): Promise<void> {
    const { timeout = 5000 } = options;
    this.#catalogue.draining = true;
    this.#gate.close();
    await this.#served.drain(timeout);
    // Who is still here is told that this is the end (RFC 7143 §11.9.1).
    for (const session of this.#catalogue.sessions()) {
      const [connection] = session.connections.values();
      if (connection !== undefined) announceDroppedSession(connection);
      flushAll(session);
    }
    await this.stop(options);
  }

  /**
   * Closes every connection, lets running commands end, and flushes the stores. They stay open: whoever opened them
   * closes them.
   *
   * @throws {StoreSilentError} when a store does not answer; everything else is done all the same.
   * @throws {Error} what a store says that cannot be flushed.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const { patience = 30_000 } = options;
    this.#catalogue.draining = true;
    this.#gate.close();
    const deregistered = this.#isns?.stop();
    this.#portals.close();
    for (const session of [...this.#catalogue.sessions()]) {
      this.#engine.end(session);
      if (session.closed) this.#catalogue.leave(session);
    }
    this.#served.end();
    try {
      const { log } = this.#options;
      await settleStores(this.#catalogue.targets.values(), { idle: this.#engine.idle(), timeout: patience, log });
      await deregistered;
      this.#finish.resolve();
    } catch (error) {
      this.finished.catch(() => {});
      this.#finish.reject(error);
      throw error;
    }
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #startIsns(): void {
    const { isns, log } = this.#options;
    if (isns === undefined) return;
    const portals = this.#portals.all;
    this.#isns = new IsnsClient({
      network: isnsNetwork(isns),
      entity: (localHostname) => entityOf(this.targets.values(), portals, localHostname),
      log,
    });
    this.#isns.start();
  }
}

function toTarget(target: Target | TargetOptions): Target {
  return target instanceof Target ? target : new Target(target);
}
