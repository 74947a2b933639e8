/**
 * A machine for commands under test: it keeps what they print, and sends signals when it is told to.
 *
 * @module
 */

import type { Host, Output, Permission } from "../../lib/cli/host.ts";

/** An output that keeps what is written. */
export class KeptOutput implements Output {
  readonly isTerminal: boolean;
  readonly colors: boolean;
  readonly columns: number = 80;
  text = "";

  constructor(options: { isTerminal?: boolean; colors?: boolean } = {}) {
    this.isTerminal = options.isTerminal ?? false;
    this.colors = options.colors ?? false;
  }

  write(text: string): void {
    this.text += text;
  }
}

/** How a {@link FakeHost} differs from the plain one. */
export interface FakeHostOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly os?: string;
  readonly hostname?: string;
  readonly addresses?: readonly string[];
  readonly cores?: number;
  readonly stderr?: KeptOutput;
}

/** A host without a machine. */
export class FakeHost implements Host {
  readonly args: readonly string[];
  readonly stdout: KeptOutput = new KeptOutput();
  /** What `now` gives; tests move it on. */
  time = 0;
  /** How often the command gave up its permissions. */
  confined = 0;
  readonly stderr: KeptOutput;
  readonly os: string;
  readonly cores: number;
  readonly #options: FakeHostOptions;
  readonly #handlers = new Set<(signal: string) => void>();

  constructor(args: readonly string[] = [], options: FakeHostOptions = {}) {
    this.args = args;
    this.os = options.os ?? "linux";
    this.cores = options.cores ?? 1;
    this.stderr = options.stderr ?? new KeptOutput();
    this.#options = options;
    this.env = this.env.bind(this);
  }

  env(name: string): string | undefined {
    return this.#options.env?.[name];
  }

  hostname(): string {
    return this.#options.hostname ?? "box";
  }

  now(): number {
    return this.time;
  }

  addresses(): readonly string[] {
    return this.#options.addresses ?? [];
  }

  onStop(handler: (signal: string) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  confine(_keep?: readonly Permission[]): void {
    this.confined++;
  }

  /** Sends a signal; whether somebody took it. */
  signal(name = "SIGINT"): boolean {
    for (const handler of [...this.#handlers]) handler(name);
    return this.#handlers.size > 0;
  }
}
