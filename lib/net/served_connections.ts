/**
 * All connections of a server: lets them in, counts them, and ends those of a session or all.
 *
 * Tested in tests/server_test.ts.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { BufferPool } from "../bytes/pool.ts";
import { defaultTimeouts, type Timeouts } from "../iscsi/keep_alive.ts";
import type { Session } from "../iscsi/session.ts";
import type { Catalogue, PortalView } from "../target/catalogue.ts";
import { formatHostAddress } from "../target/portals.ts";
import type { Engine } from "./engine.ts";
import { logEvent } from "./log_event.ts";
import type { LoginGate } from "./login_gate.ts";
import { ServedConnection } from "./served_connection.ts";
import { SessionTimer } from "./session_timer.ts";

/** What the connections of a server need. */
export interface ServedConnectionsOptions {
  readonly catalogue: Catalogue;
  readonly engine: Engine;
  readonly gate: LoginGate;
  readonly pool: BufferPool;
  readonly log: Logger | undefined;
  readonly timeouts: Timeouts | undefined;
  /** Connections that may be open at a time; 4096 by default. */
  readonly most: number | undefined;
}

/** The connections of a server. */
export class ServedConnections {
  readonly #options: ServedConnectionsOptions;
  readonly #timer: SessionTimer;
  readonly #open = new Set<ServedConnection>();
  #empty: (() => void) | undefined;

  constructor(options: ServedConnectionsOptions) {
    this.#options = options;
    this.#timer = new SessionTimer(options.engine);
  }

  /** Open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Takes a connection that has come to a portal, now or when its address may, unless there are too many. */
  accept(conn: Deno.TcpConn, view: PortalView): void {
    const { gate, log, most = 4096 } = this.#options;
    const { hostname, port } = conn.remoteAddr;
    const peer = formatHostAddress({ hostname, port });
    if (this.#open.size + gate.waiting >= most) {
      log?.warn("connection refused", { peer, reason: `${most} are open` });
      conn.close();
      return;
    }
    gate.pass(conn, hostname, () => this.#serve(conn, view, peer));
  }

  /**
   * Asks initiators to log out (RFC 7143 §11.9), and waits until all have gone or `timeout` milliseconds are over. Those
   * who have not logged in are ended.
   */
  async drain(timeout: number): Promise<void> {
    for (const served of [...this.#open]) {
      if (!served.connection.inFullFeature) {
        served.end();
        continue;
      }
      served.connection.requestLogout(Math.ceil(timeout / 1000));
      served.flush();
    }
    if (this.#open.size === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#empty = resolve;
      timer = setTimeout(resolve, timeout);
    });
    clearTimeout(timer);
  }

  /** Ends all. */
  end(): void {
    for (const served of [...this.#open]) served.end();
    this.#timer.stop();
  }

  /** Ends a session and its connections: another login of the same initiator port has come. */
  displace(session: Session): void {
    this.#options.engine.end(session);
    for (const { attachment } of [...session.connections.values()]) {
      if (attachment instanceof ServedConnection) {
        attachment.end(new Error("Cannot go on: another login of the same initiator port"));
      }
    }
  }

  /** Ends the connections of a session when what is queued has left. */
  hangUp(session: Session): void {
    this.#options.engine.end(session);
    for (const connection of session.connections.values()) connection.closing = true;
    flushAll(session);
  }

  #serve(conn: Deno.TcpConn, view: PortalView, peer: string): void {
    const { catalogue, engine, log, pool, timeouts = defaultTimeouts } = this.#options;
    const served = new ServedConnection({
      ...{ socket: conn, engine, pool, timeouts, peer },
      host: catalogue.portal(view),
      onEvent: ({ peer }, event) => log && logEvent(log, peer, event),
      onEnd: (served, error) => this.#ended(served, error),
    });
    this.#open.add(served);
    served.run();
  }

  #ended(served: ServedConnection, error: unknown): void {
    this.#open.delete(served);
    const { catalogue, log } = this.#options;
    const { connection, peer } = served;
    if (connection.inFullFeature && connection.session.closed) catalogue.leave(connection.session);
    const initiator = connection.inFullFeature ? { initiator: connection.session.initiatorName } : {};
    if (error !== undefined) log?.warn("connection lost", { peer, ...initiator, reason: messageOf(error) });
    else log?.debug("connection closed", { peer, ...initiator });
    this.#timer.look();
    if (this.#open.size === 0) this.#empty?.();
  }
}

/** Sends what waits on the connections of a session. */
export function flushAll(session: Session): void {
  for (const { attachment } of session.connections.values()) {
    if (attachment instanceof ServedConnection) attachment.flush();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
