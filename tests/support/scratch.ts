/**
 * A directory for a test.
 *
 * @module
 */

/** A new directory, removed with all that is in it at the end of the block that it is `using`ed in. */
export class Scratch implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes one. */
  static async make(): Promise<Scratch> {
    return new Scratch(await Deno.makeTempDir({ prefix: "lunbox-" }));
  }

  /** The path of a file in it. */
  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}
