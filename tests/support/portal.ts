/**
 * What a server under test looks like from outside: a portal with LUNs, whoever serves it.
 *
 * @module
 */

/** An image file that is served in a special way. */
export interface ServedImage {
  /** Where it is. */
  readonly path: string;
  /** Initiators may only read. */
  readonly readOnly?: boolean;
  /** The medium can be ejected. */
  readonly removable?: boolean;
}

/** What to serve. */
export interface ServeOptions {
  /** Image files, or their paths, in the order of their LUNs. */
  readonly images: readonly (string | ServedImage)[];
  /** More words for the command line of Lunbox; another server ignores them. */
  readonly args?: readonly string[];
  /** Workers of Lunbox, which has as many targets then; what is served is the first. */
  readonly workers?: number;
  /** Flags for Deno, where it runs Lunbox from the sources; another server ignores them. */
  readonly runtime?: readonly string[];
  /** Digests are agreed to, by servers that have to be told; Lunbox does so by itself. */
  readonly digests?: boolean;
  /** An executable to run instead of `deno run … main.ts`. */
  readonly executable?: string;
  /** Another program than `main.ts`, with the same permissions. */
  readonly main?: string;
  /** The server's working directory; the repository unless given. */
  readonly cwd?: string;
  /** All the variables that the server gets; those of the test unless given. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A server process that accepts connections. */
export interface Served {
  /** `127.0.0.1:PORT`. */
  readonly portal: string;
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Name of the only target. */
  readonly target: string;
  /** LUN of the first image; the others follow. */
  readonly firstLun: number;
  /** Process id of the server. */
  readonly pid: number;
  /** libiscsi's URL of the image with this index. */
  url(image?: number): string;
  /** Everything that the server wrote until now. */
  log(): string;
  /**
   * Stops the server and waits for its end.
   *
   * @throws {Error} If it does not end well.
   */
  stop(): Promise<void>;
}

/** Where free ports are looked for: below those that systems give to connections, which would keep a server from theirs. */
const ports = { first: 20_000, last: 32_000 } as const;

/**
 * A port on 127.0.0.1 on which nobody listens at the moment, and behind which as many are free.
 *
 * @throws {Error} If there seem to be none.
 */
export function freePort(behind = 0): number {
  for (let tries = 0; tries < 1000; tries++) {
    const port = ports.first + Math.floor(Math.random() * (ports.last - ports.first - behind));
    if (areFree(port, port + behind)) return port;
  }
  throw new Error(
    `Cannot find ${1 + behind} free ports: all between ${ports.first} and ${ports.last} seem to be taken`,
  );
}

function areFree(first: number, last: number): boolean {
  const listeners: Deno.TcpListener[] = [];
  try {
    for (let port = first; port <= last; port++) listeners.push(Deno.listen({ hostname: "127.0.0.1", port }));
    return true;
  } catch (error) {
    // Windows keeps ranges of ports to itself, which it says in its own way.
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  } finally {
    for (const listener of listeners) listener.close();
  }
}

/**
 * Waits until somebody accepts connections on `port`.
 *
 * @throws {Error} If `gone` settles before, or nobody does within 30 seconds.
 */
export async function accepting(port: number, gone: Promise<unknown>): Promise<void> {
  let ended = false;
  gone.then(() => ended = true, () => ended = true);
  for (let tries = 0; tries < 600 && !ended; tries++) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Cannot use port ${port}: ${ended ? "the server ended" : "nobody accepts"}`);
}

/** Gathers text from streams until they end. */
export class Log {
  #text = "";
  readonly #done: Promise<unknown>;

  /** Reads `streams` from now on. */
  constructor(...streams: readonly ReadableStream<Uint8Array<ArrayBuffer>>[]) {
    this.#done = Promise.all(streams.map(async (stream) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#text += text;
    }));
  }

  /** What came until now. */
  get text(): string {
    return this.#text;
  }

  /** Everything that came, once all streams have ended. */
  async whole(): Promise<string> {
    await this.#done;
    return this.#text;
  }
}

/** The functions of a {@link Served} that follow from its data. */
export function urlsOf(portal: string, target: string, firstLun: number): (image?: number) => string {
  return (image = 0) => `iscsi://${portal}/${target}/${firstLun + image}`;
}
