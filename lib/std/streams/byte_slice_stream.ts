/**
 * Passes the bytes from position `start` to position `end` of a stream on, both included.
 *
 * @example
 * ```ts
 * import { ByteSliceStream } from "@std/streams/byte-slice-stream";
 * import { assertEquals } from "@std/assert";
 *
 * const slice = ReadableStream.from([Uint8Array.of(0, 1), Uint8Array.of(2, 3)]).pipeThrough(new ByteSliceStream(1, 2));
 * assertEquals(await Array.fromAsync(slice), [Uint8Array.of(1), Uint8Array.of(2)]);
 * ```
 */
export class ByteSliceStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * @param start The position of the first byte, at least 0
   * @param end The position of the last byte
   * @throws {RangeError} when `start` is negative
   */
  constructor(start = 0, end = Infinity) {
    let position = 0;
    super({
      start() {
        if (start < 0) throw new RangeError(`"start" must be >= 0: received ${start}`);
      },
      transform(chunk, controller) {
        const from = Math.max(start - position, 0);
        const to = Math.min(end + 1 - position, chunk.byteLength);
        position += chunk.byteLength;
        if (from < to) controller.enqueue(from === 0 && to === chunk.byteLength ? chunk : chunk.slice(from, to));
        if (position > end) controller.terminate();
      },
    });
  }
}
