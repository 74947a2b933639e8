/**
 * One stream after the other. The next is not read before the one before has ended; cancelling cancels those left.
 *
 * @example
 * ```ts
 * import { concatReadableStreams } from "@std/streams/concat-readable-streams";
 * import { assertEquals } from "@std/assert";
 *
 * const streams = concatReadableStreams(ReadableStream.from([1, 2]), ReadableStream.from([3]));
 * assertEquals(await Array.fromAsync(streams), [1, 2, 3]);
 * ```
 *
 * @param streams The streams
 * @returns a stream of all their chunks
 */
export function concatReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T> {
  const left = streams.map((stream) => stream.getReader());
  return new ReadableStream<T>({
    async pull(controller) {
      for (let reader = left[0]; reader !== undefined; reader = left[0]) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        reader.releaseLock();
        left.shift();
      }
      controller.close();
    },
    async cancel(reason) {
      await Promise.allSettled(left.map((reader) => reader.cancel(reason)));
    },
  });
}
