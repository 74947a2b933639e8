/**
 * A chunk of each stream in turn, until all have ended; streams that have ended are passed over. Cancelling cancels
 * them all.
 *
 * @example
 * ```ts
 * import { zipReadableStreams } from "@std/streams/zip-readable-streams";
 * import { assertEquals } from "@std/assert";
 *
 * const zipped = zipReadableStreams(ReadableStream.from(["1", "2", "3"]), ReadableStream.from(["a"]));
 * assertEquals(await Array.fromAsync(zipped), ["1", "a", "2", "3"]);
 * ```
 *
 * @param streams The streams
 * @returns a stream of all their chunks
 */
export function zipReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T> {
  const left = streams.map((stream) => stream.getReader());
  return new ReadableStream<T>({
    async pull(controller) {
      for (let reader = left.shift(); reader !== undefined; reader = left.shift()) {
        const { done, value } = await reader.read();
        if (done) continue;
        left.push(reader);
        return controller.enqueue(value);
      }
      controller.close();
    },
    async cancel(reason) {
      await Promise.allSettled(left.map((reader) => reader.cancel(reason)));
    },
  });
}
