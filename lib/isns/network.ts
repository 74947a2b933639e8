/**
 * Connections to and from an iSNS server.
 *
 * @module
 */

import type { IsnsEvents, IsnsNetwork } from "./client.ts";
import type { StateChange } from "./events.ts";
import { type IsnsTransport, serveEvents } from "./exchange.ts";

/** Where a server is. */
export interface IsnsServer {
  /** A name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** Connections that a server may have to us at a time. */
const MAX_CONNECTIONS = 8;

/** Milliseconds for a connection to come about. */
const CONNECT_TIMEOUT = 5_000;

/** The network of this machine. Only the server itself is listened to. */
export function isnsNetwork(server: IsnsServer): IsnsNetwork {
  const known = new Set<string>();
  return {
    async dial() {
      const connection = await Deno.connect({ ...server, signal: AbortSignal.timeout(CONNECT_TIMEOUT) });
      known.add(connection.remoteAddr.hostname);
      return transportOf(connection);
    },
    listen: (hostname, learn) => listen(hostname, known, learn),
    wait,
  };
}

function transportOf(connection: Deno.TcpConn): IsnsTransport {
  return {
    localHostname: connection.localAddr.hostname,
    read: (into) => connection.read(into),
    write: (from) => connection.write(from),
    close: () => close(connection),
  };
}

function listen(hostname: string, known: ReadonlySet<string>, learn: (change: StateChange) => void): IsnsEvents {
  const listener = Deno.listen({ hostname, port: 0 });
  const connections = new Set<Deno.TcpConn>();
  accept(listener, async (connection) => {
    if (!known.has(connection.remoteAddr.hostname) || connections.size >= MAX_CONNECTIONS) return close(connection);
    connections.add(connection);
    try {
      await serveEvents(transportOf(connection), learn);
    } catch {
      // Whoever says something else than iSNS is hung up on.
    } finally {
      connections.delete(connection);
      close(connection);
    }
  });
  return {
    port: listener.addr.port,
    close: () => {
      close(listener);
      connections.forEach(close);
    },
  };
}

async function accept(
  listener: Deno.TcpListener,
  handle: (connection: Deno.TcpConn) => Promise<void> | void,
): Promise<void> {
  try {
    for await (const connection of listener) handle(connection);
  } catch {
    // The listener was closed.
  }
}

function close(one: { close(): void }): void {
  try {
    one.close();
  } catch {
    // It was closed already.
  }
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
    signal.addEventListener("abort", end);
  });
}
