/**
 * Lets a guest tell its test how far its story is, and ask for what only the host can do.
 *
 * @module
 */

/** Does what a cue asks for: a word, and the words behind it. What it throws is what the guest is told. */
export type CueHandler = (cue: string, ...words: string[]) => void | Promise<void>;

/**
 * Listens on a port of 127.0.0.1 for lines, one to a connection. Each is answered with `done`, or with what went wrong,
 * when its handler has ended.
 */
export class Cues implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #handle: CueHandler;
  readonly #serving: Promise<void>;

  constructor(handle: CueHandler) {
    this.#handle = handle;
    this.#serving = this.#serve();
  }

  /** Where the guest finds us, on 10.0.2.2. */
  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      using open = connection;
      const line = new Uint8Array(256);
      const length = await open.read(line) ?? 0;
      const [cue = "", ...words] = new TextDecoder().decode(line.subarray(0, length)).trim().split(" ");
      await open.write(new TextEncoder().encode(`${await this.#answer(cue, words)}\n`));
    }
  }

  async #answer(cue: string, words: readonly string[]): Promise<string> {
    try {
      await this.#handle(cue, ...words);
      return "done";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
