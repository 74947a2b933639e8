/**
 * Listens on one address and hands out the connections that come.
 *
 * @module
 */

/** An address to listen on. */
export interface ListenAddress {
  /** A host name or an address without brackets. */
  readonly hostname: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** A listening socket. */
export class Listener {
  readonly hostname: string;
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  #closed = false;

  /** Begins to listen. Throws what {@link Deno.listen} throws, said so that a person can act on it. */
  constructor(address: ListenAddress) {
    try {
      this.#listener = Deno.listen({ hostname: address.hostname, port: address.port });
    } catch (error) {
      throw explain(error, address);
    }
    const { hostname, port } = this.#listener.addr;
    this.hostname = hostname;
    this.port = port;
  }

  /** Calls `accept` for each connection until it is closed. */
  async run(accept: (conn: Deno.TcpConn) => void): Promise<void> {
    while (!this.#closed) {
      let conn: Deno.TcpConn | undefined;
      try {
        conn = await this.#listener.accept();
        // Without it every command waits for a delayed acknowledgement.
        conn.setNoDelay(true);
        accept(conn);
      } catch (error) {
        close(conn);
        if (this.#closed) return;
        // A connection that was reset before it was accepted, or too many open files: the next one may do.
        if (error instanceof Deno.errors.BadResource) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Stops listening. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }
}

function close(conn: Deno.TcpConn | undefined): void {
  try {
    conn?.close();
  } catch {
    // It was closed already.
  }
}

function explain(error: unknown, { hostname, port }: ListenAddress): unknown {
  const where = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new Error(`Cannot listen on ${where}: something else does already; choose another port or stop it`, {
      cause: error,
    });
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new Error(`Cannot listen on ${where}: this machine does not have that address`, { cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new Error(`Cannot listen on ${where}: no permission; ports below 1024 need more rights`, { cause: error });
  }
  // What is left is what the operating system says, of names that it does not know for example.
  if (error instanceof Error && !(error instanceof TypeError || error instanceof RangeError)) {
    return new Error(`Cannot listen on ${where}: ${error.message}`, { cause: error });
  }
  return error;
}
