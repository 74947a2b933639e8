import { readAll } from "./_read_all.ts";

/**
 * Reads a stream of bytes to its end.
 *
 * @example
 * ```ts
 * import { toBytes } from "@std/streams/to-bytes";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = ReadableStream.from([Uint8Array.of(1, 2), Uint8Array.of(3)]);
 * assertEquals(await toBytes(stream), Uint8Array.of(1, 2, 3));
 * ```
 *
 * @param stream The stream
 * @returns all its bytes
 */
export function toBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return readAll(stream);
}
