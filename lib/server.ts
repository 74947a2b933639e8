/**
 * The server: targets, portals and everything between them; started, drained, stopped.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import { BufferPool } from "./bytes/pool.ts";
import type { ConnectionEvent } from "./iscsi/events.ts";
import { defaultTimeouts, type Timeouts } from "./iscsi/keep_alive.ts";
import type { LocalParameters } from "./iscsi/parameters.ts";
import type { Session } from "./iscsi/session.ts";
import { Engine } from "./net/engine.ts";
import { type ListenAddress, Listener } from "./net/listener.ts";
import { ServedConnection } from "./net/served_connection.ts";
import { Catalogue } from "./target/catalogue.ts";
import { Target, type TargetOptions } from "./target/target.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** Where to listen; `127.0.0.1:3260` by default. */
  readonly listen?: readonly ListenAddress[];
  /** The targets, or what they are made of. */
  readonly targets: readonly (Target | TargetOptions)[];
  /** Where initiators are told to connect when that is not where they found us: behind NAT, in a container. */
  readonly advertise?: ListenAddress;
  readonly log?: Logger;
  /** Our side of every negotiation. */
  readonly local?: LocalParameters;
  readonly timeouts?: Timeouts;
  /** Connections that may be open at a time; 4096 by default. */
  readonly maxConnections?: number;
  /** Bytes of buffers for data on its way; 256 MiB by default. */
  readonly memory?: number;
}

/** What a draining server grants. */
export interface DrainOptions {
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
export class Server {
  /** Settles when the server has ended; rejects when it could not go on. */
  readonly finished: Promise<void>;
  readonly #options: ServerOptions;
  readonly #catalogue: Catalogue;
  readonly #engine: Engine;
  readonly #pool: BufferPool;
  readonly #listeners: Listener[] = [];
  readonly #connections = new Set<ServedConnection>();
  readonly #finish: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #empty: (() => void) | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.finished = this.#finish.promise;
    this.#pool = new BufferPool(options.memory === undefined ? {} : { limit: options.memory });
    this.#catalogue = new Catalogue({
      targets: options.targets.map((target) => target instanceof Target ? target : new Target(target)),
      pool: this.#pool,
      ...(options.local === undefined ? {} : { local: options.local }),
      ...(options.advertise === undefined ? {} : { advertise: formatAddress(options.advertise) }),
    }, (session) => this.#end(session, "another login of the same initiator port"));
    this.#engine = new Engine(this.#catalogue, {
      answered: flushAll,
      reset: (session) => this.#hangUp(session),
    });
  }

  /** The targets by name. */
  get targets(): ReadonlyMap<string, Target> {
    return this.#catalogue.targets;
  }

  /** Where the server listens, with the real ports. */
  get portals(): readonly ListenAddress[] {
    return this.#listeners.map(({ hostname, port }) => ({ hostname, port }));
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Begins to listen.
   *
   * @throws {Error} when an address cannot be listened on; then none is.
   */
  start(): Promise<void> {
    try {
      for (const address of this.#options.listen ?? [{ hostname: "127.0.0.1", port: 3260 }]) {
        this.#listeners.push(new Listener(address));
      }
    } catch (error) {
      for (const listener of this.#listeners.splice(0)) listener.close();
      return Promise.reject(error);
    }
    for (const listener of this.#listeners) listener.run((conn) => this.#accept(conn));
    return Promise.resolve();
  }

  /** Takes no new sessions, asks initiators to log out (RFC 7143 §11.9), waits for them for a while, and stops. */
  async drain(options: DrainOptions = {}): Promise<void> {
    const { timeout = 5000 } = options;
    this.#catalogue.draining = true;
    for (const served of this.#connections) {
      served.connection.requestLogout(Math.ceil(timeout / 1000));
      served.flush();
    }
    if (this.#connections.size > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#empty = resolve;
        timer = setTimeout(resolve, timeout);
      });
      clearTimeout(timer);
    }
    await this.stop();
  }

  /** Closes every connection, lets running commands end, and flushes the stores. They stay open: whoever opened them closes them. */
  async stop(): Promise<void> {
    this.#catalogue.draining = true;
    for (const listener of this.#listeners.splice(0)) listener.close();
    for (const served of [...this.#connections]) served.end();
    try {
      for (const target of this.#catalogue.targets.values()) {
        for (const { store } of target.units()) if (!store.capabilities.readOnly) await store.flush();
      }
      this.#finish.resolve();
    } catch (error) {
      this.finished.catch(() => {});
      this.#finish.reject(error);
      throw error;
    }
  }

  #accept(conn: Deno.TcpConn): void {
    const { log, maxConnections = 4096 } = this.#options;
    const { hostname, port } = conn.remoteAddr;
    const peer = formatAddress({ hostname, port });
    if (this.#connections.size >= maxConnections) {
      log?.warn("connection refused", { peer, reason: `${maxConnections} are open` });
      conn.close();
      return;
    }
    const served = new ServedConnection({
      socket: conn,
      engine: this.#engine,
      host: this.#catalogue.portal(formatAddress(conn.localAddr)),
      pool: this.#pool,
      timeouts: this.#options.timeouts ?? defaultTimeouts,
      peer,
      onEvent: (served, event) => this.#log(served, event),
      onEnd: (served, error) => this.#ended(served, error),
    });
    this.#connections.add(served);
    served.run();
  }

  #ended(served: ServedConnection, error: unknown): void {
    this.#connections.delete(served);
    const { connection, peer } = served;
    if (connection.inFullFeature && connection.session.closed) this.#catalogue.leave(connection.session);
    const initiator = connection.inFullFeature ? { initiator: connection.session.initiatorName } : {};
    if (error !== undefined) {
      this.#options.log?.warn("connection lost", { peer, ...initiator, reason: messageOf(error) });
    } else {
      this.#options.log?.debug("connection closed", { peer, ...initiator });
    }
    if (this.#connections.size === 0) this.#empty?.();
  }

  /** Ends the connections of a session, and with them the session. */
  #end(session: Session, reason: string): void {
    for (const { attachment } of [...session.connections.values()]) {
      if (attachment instanceof ServedConnection) attachment.end(new Error(`Cannot go on: ${reason}`));
    }
  }

  /** Ends the connections of a session when what is queued has left. */
  #hangUp(session: Session): void {
    for (const connection of session.connections.values()) connection.closing = true;
    flushAll(session);
  }

  #log({ peer }: ServedConnection, event: ConnectionEvent): void {
    const { log } = this.#options;
    switch (event.kind) {
      case "login":
        log?.info("login", {
          peer,
          initiator: event.initiatorName,
          target: event.targetName || "(discovery)",
          tsih: event.tsih,
        });
        return;
      case "login refused":
        log?.warn("login refused", {
          peer,
          initiator: event.initiatorName,
          target: event.targetName,
          status: event.status.toString(16).padStart(4, "0"),
          reason: event.message,
        });
        return;
      case "rejected":
        log?.warn("PDU rejected", { peer, code: event.reason, reason: event.message });
        return;
      case "logout":
        log?.info("logout", { peer });
        return;
    }
  }
}

function flushAll(session: Session): void {
  for (const { attachment } of session.connections.values()) {
    if (attachment instanceof ServedConnection) attachment.flush();
  }
}

/** An address as TargetAddress has it (RFC 7143 §13.8); IPv4 in IPv6 is written as what it is. */
function formatAddress({ hostname, port }: ListenAddress): string {
  const host = hostname.replace(/^::ffff:(?=\d+\.)/i, "");
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
