/**
 * A chunk of each stream in turn, until the first of them ends; the others are then cancelled. Cancelling cancels them
 * all.
 *
 * @param streams The streams
 * @returns a stream of their chunks
 */
export function earlyZipReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T> {
  const readers = streams.map((stream) => stream.getReader());
  let turn = 0;
  const cancelAll = async (reason?: unknown): Promise<void> => {
    await Promise.allSettled(readers.map((reader) => reader.cancel(reason)));
  };
  return new ReadableStream<T>({
    async pull(controller) {
      const reader = readers[turn];
      const result = await reader?.read();
      if (result === undefined || result.done) {
        await cancelAll(`Stream at index ${turn} ended`);
        return controller.close();
      }
      turn = (turn + 1) % readers.length;
      controller.enqueue(result.value);
    },
    cancel: cancelAll,
  });
}
