/**
 * Passes bytes on in chunks of `size`; only the last may be shorter.
 *
 * @example
 * ```ts
 * import { FixedChunkStream } from "@std/streams/unstable-fixed-chunk-stream";
 * import { assertEquals } from "@std/assert";
 *
 * const chunks = ReadableStream.from([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)]).pipeThrough(new FixedChunkStream(2));
 * assertEquals(await Array.fromAsync(chunks), [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5)]);
 * ```
 */
export class FixedChunkStream extends TransformStream<Uint8Array, Uint8Array> {
  /** @param size The number of bytes of each chunk, at least 1 */
  constructor(size: number) {
    let filling = new Uint8Array(size);
    let filled = 0;
    super({
      transform(chunk, controller) {
        for (let at = 0; at < chunk.length;) {
          const part = chunk.subarray(at, at + size - filled);
          filling.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled < size) continue;
          controller.enqueue(filling);
          filling = new Uint8Array(size);
          filled = 0;
        }
      },
      flush(controller) {
        if (filled > 0) controller.enqueue(filling.slice(0, filled));
      },
    });
  }
}
