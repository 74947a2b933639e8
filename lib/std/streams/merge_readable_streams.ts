/**
 * Several streams as one, each chunk as soon as it comes. The result ends with the last of them, fails with the first
 * that fails, and cancels them all when cancelled or failing.
 *
 * @param streams The streams
 * @returns a stream of all their chunks
 */
export function mergeReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T> {
  const readers = streams.map((stream) => stream.getReader());
  const cancelAll = async (reason: unknown): Promise<void> => {
    await Promise.allSettled(readers.map((reader) => reader.cancel(reason)));
  };
  const arrivals = new Map<ReadableStreamDefaultReader<T>, Promise<Arrival<T>>>();
  return new ReadableStream<T>({
    start() {
      for (const reader of readers) arrivals.set(reader, arrival(reader));
    },
    async pull(controller) {
      try {
        while (arrivals.size > 0) {
          const { reader, result } = await Promise.race(arrivals.values());
          // Set anew, the reader comes last: of several that are ready, each has its turn
          arrivals.delete(reader);
          if (result.done) continue;
          arrivals.set(reader, arrival(reader));
          return controller.enqueue(result.value);
        }
        controller.close();
      } catch (error) {
        for (const pending of arrivals.values()) pending.catch(() => {});
        await cancelAll(error);
        throw error;
      }
    },
    cancel: cancelAll,
  });
}

interface Arrival<T> {
  readonly reader: ReadableStreamDefaultReader<T>;
  readonly result: ReadableStreamReadResult<T>;
}

async function arrival<T>(reader: ReadableStreamDefaultReader<T>): Promise<Arrival<T>> {
  return { reader, result: await reader.read() };
}
