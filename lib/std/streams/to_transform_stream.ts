/**
 * A transform stream that does what a generator does. Errors go both ways: of the source to the generator, of the
 * generator to reader and source; cancelling by the reader is thrown into the generator.
 *
 * @example
 * ```ts
 * import { toTransformStream } from "@std/streams/to-transform-stream";
 * import { assertEquals } from "@std/assert";
 *
 * const doubled = ReadableStream.from([1, 2]).pipeThrough(toTransformStream(async function* (numbers) {
 *   for await (const number of numbers) yield number * 2;
 * }));
 * assertEquals(await Array.fromAsync(doubled), [2, 4]);
 * ```
 *
 * @typeParam I What goes in
 * @typeParam O What comes out
 * @param transformer Is given the source, yields what comes out
 * @param writableStrategy How much the writable side queues
 * @param readableStrategy How much the readable side queues
 * @returns both sides
 */
export function toTransformStream<I, O>(
  transformer: (src: ReadableStream<I>) => Iterable<O> | AsyncIterable<O>,
  writableStrategy?: QueuingStrategy<I>,
  readableStrategy?: QueuingStrategy<O>,
): TransformStream<I, O> {
  const source = new TransformStream<I, I>(undefined, writableStrategy);
  const results = transformer(source.readable);
  const iterator: Iterator<O> | AsyncIterator<O> = Symbol.asyncIterator in results
    ? results[Symbol.asyncIterator]()
    : results[Symbol.iterator]();
  const readable = new ReadableStream<O>({
    async pull(controller) {
      let result: IteratorResult<O>;
      try {
        result = await iterator.next();
      } catch (error) {
        // The generator may hold the source locked; its own error is the one that counts
        await source.readable.cancel(error).catch(() => {});
        controller.error(error);
        return;
      }
      if (result.done) controller.close();
      else controller.enqueue(result.value);
    },
    async cancel(reason) {
      // Generators rethrow what is thrown into them unless they catch it
      try {
        await iterator.throw?.(reason);
      } catch (error) {
        if (error !== reason) throw error;
      }
      await source.readable.cancel(reason);
    },
  }, readableStrategy);
  return { writable: source.writable, readable };
}
