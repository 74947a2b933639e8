/**
 * A directory for a test.
 *
 * @module
 */

import { tmpdir } from "node:os";

/** A new directory, removed with all that is in it at the end of the block that it is `using`ed in. */
export class Scratch implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes one. */
  static async make(): Promise<Scratch> {
    // Deno 2.6 refuses makeTempDir to whoever has only --allow-run=deno.
    const directory = `${tmpdir()}/lunbox-${crypto.randomUUID()}`;
    await Deno.mkdir(directory);
    return new Scratch(directory);
  }

  /** The path of a file in it. */
  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}
