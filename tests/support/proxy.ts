/**
 * A TCP proxy between a client and a server: for tests that look at what they say, break their connections or take the
 * portal away.
 *
 * @module
 */

/** Who said something. */
export type Side = "initiator" | "target";

/** What to do with a connection's bytes beside carrying them. */
export interface Listening {
  /** Called with all that one of the two says, in its order; the bytes are lent. */
  heard(side: Side, bytes: Uint8Array): void;
}

/** How to proxy. */
export interface ProxyOptions {
  /** Called for each connection that comes; who is to hear what is said on it. */
  readonly listen?: () => Listening;
}

interface Damage {
  readonly side: Side;
  after: number;
  readonly done: () => void;
}

interface Pair {
  readonly client: Deno.TcpConn;
  readonly server: Deno.TcpConn;
}

/** A port of 127.0.0.1 that leads to another one. */
export class Proxy implements AsyncDisposable {
  /** Where those who come are led to. */
  upstream: number;
  /** Where the proxy is. */
  readonly port: number;
  readonly #options: ProxyOptions;
  readonly #pairs = new Set<Pair>();
  readonly #running = new Set<Promise<void>>();
  #listener: Deno.TcpListener | undefined;
  #accepted = 0;
  #fuse = Infinity;
  #burnt: () => void = () => {};
  #damage: Damage | undefined;

  constructor(upstream: number, options: ProxyOptions = {}) {
    this.upstream = upstream;
    this.#options = options;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#run(this.#accept(this.#listener));
  }

  /** Connections that have come until now. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Cuts every connection as soon as `after` more bytes have passed, whatever they are the middle of. */
  cut(after: number): Promise<void> {
    return new Promise((resolve) => {
      this.#fuse = after;
      this.#burnt = resolve;
    });
  }

  /** Changes one bit of what a side says on open connections, as soon as it has said `after` more bytes. */
  damage(side: Side, after: number): Promise<void> {
    return new Promise((done) => this.#damage = { side, after, done });
  }

  /** Cuts every connection and refuses new ones. */
  takeAway(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#cutAll();
  }

  /** Accepts connections again. */
  putBack(): void {
    if (this.#listener !== undefined) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#run(this.#accept(this.#listener));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.takeAway();
    await Promise.all(this.#running);
  }

  #run(promise: Promise<void>): void {
    this.#running.add(promise);
    promise.finally(() => this.#running.delete(promise));
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for await (const client of listener) {
      this.#accepted++;
      this.#run(this.#serve(client));
    }
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: this.upstream });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      // Nobody is there at the moment: the client finds out as it would without us.
      client.close();
      return;
    }
    const pair = { client, server };
    this.#pairs.add(pair);
    // Taken away while we were connecting.
    if (this.#listener === undefined) this.#close(pair);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const listening = this.#options.listen?.();
    await Promise.all([
      this.#carry(pair, "initiator", listening),
      this.#carry(pair, "target", listening),
    ]);
  }

  async #carry(pair: Pair, side: Side, listening: Listening | undefined): Promise<void> {
    const [from, to] = side === "initiator" ? [pair.client, pair.server] : [pair.server, pair.client];
    const buffer = new Uint8Array(65536);
    try {
      for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
        const passing = buffer.subarray(0, Math.min(length, this.#fuse));
        this.#fuse -= length;
        listening?.heard(side, passing);
        if (this.#damage?.side === side) this.#change(passing, this.#damage);
        for (let at = 0; at < passing.length;) at += await to.write(passing.subarray(at));
        if (this.#fuse <= 0) this.#burn();
      }
    } catch (error) {
      if (!ENDED.some((kind) => error instanceof kind)) throw error;
    } finally {
      this.#close(pair);
    }
  }

  #change(passing: Uint8Array, damage: Damage): void {
    if (damage.after < passing.length) {
      passing[damage.after] = (passing[damage.after] ?? 0) ^ 0x10;
      this.#damage = undefined;
      damage.done();
    } else damage.after -= passing.length;
  }

  #burn(): void {
    this.#fuse = Infinity;
    this.#cutAll();
    this.#burnt();
  }

  #cutAll(): void {
    for (const pair of this.#pairs) this.#close(pair);
  }

  #close(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.client.close();
    pair.server.close();
  }
}

/** How a connection ends that one of the two, or we, have closed. */
const ENDED = [
  Deno.errors.BadResource,
  Deno.errors.Interrupted,
  Deno.errors.ConnectionReset,
  Deno.errors.BrokenPipe,
  Deno.errors.ConnectionAborted,
];
