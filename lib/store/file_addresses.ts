/**
 * Where buffers lie in memory, for system calls that are told so in a structure.
 *
 * Data path: allocates nothing, once it has seen a buffer.
 *
 * @module
 */

/** Returns its first argument: asking the runtime for an address takes a permission that may have been given up. */
export const addressOf = { parameters: ["buffer", "buffer", "usize"], result: "usize", name: "memcpy" } as const;

type AddressOf = Deno.DynamicLibrary<{ addressOf: typeof addressOf }>["symbols"]["addressOf"];

/** Remembers where buffers begin; they do not move. */
export class BufferAddresses {
  readonly #addressOf: AddressOf;
  readonly #addresses = new WeakMap<ArrayBufferLike, number>();
  /** The buffer that was asked for before, mostly the next one as well. */
  #buffer: ArrayBufferLike | undefined;
  #address = 0;

  /** Asks the function that {@link addressOf} describes. */
  constructor(addressOf: AddressOf) {
    this.#addressOf = addressOf;
  }

  /** The address of the first byte of a view, which whoever uses it keeps alive. */
  of(view: Uint8Array): number {
    if (view.buffer !== this.#buffer) this.#turnTo(view.buffer);
    return this.#address + view.byteOffset;
  }

  #turnTo(buffer: ArrayBufferLike): void {
    let address = this.#addresses.get(buffer);
    if (address === undefined) {
      const whole = new Uint8Array(buffer as ArrayBuffer);
      address = Number(this.#addressOf(whole, whole, 0 as never));
      this.#addresses.set(buffer, address);
    }
    this.#buffer = buffer;
    this.#address = address;
  }
}
