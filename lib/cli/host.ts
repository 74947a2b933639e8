/**
 * What a command knows of the machine that it runs on. Commands are given one and return an exit code, so tests need
 * neither terminal nor process.
 *
 * @module
 */

/** Where text goes. */
export interface Output {
  write(text: string): void;
  /** A person is reading along. */
  readonly isTerminal: boolean;
  /** Escape sequences for colours are welcome: a terminal, and neither NO_COLOR nor TERM=dumb. */
  readonly colors: boolean;
  /** Characters in a line; 80 when not a terminal. */
  readonly columns: number;
}

/** What a process may be allowed to do, as `Deno.permissions` names it. */
export type Permission = "env" | "ffi" | "net" | "read" | "run" | "sys" | "write";

/** The machine and process around a command. */
export interface Host {
  /** The command line without the program's own name. */
  readonly args: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  /** As `Deno.build.os`. */
  readonly os: string;
  /** An environment variable; `undefined` also where reading it is not permitted. */
  env(name: string): string | undefined;
  /** How many threads can run at a time on this machine. */
  readonly cores: number;
  /** The name of this machine; "localhost" where it has none. */
  hostname(): string;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Addresses under which others reach this machine, the likeliest first; empty where they cannot be learned. */
  addresses(): readonly string[];
  /**
   * Calls `handler` at every request to stop: SIGINT and SIGTERM, on Windows SIGINT and SIGBREAK. Until the returned
   * function is called, the process does not end by itself on these signals.
   */
  onStop(handler: (signal: string) => void): () => void;
  /**
   * Gives up every permission but those to `keep`, for good: the process opens no other file, address or variable. What
   * is open stays usable.
   */
  confine(keep?: readonly Permission[]): void;
}
