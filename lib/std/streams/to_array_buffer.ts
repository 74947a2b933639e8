import { readAll } from "./_read_all.ts";

/**
 * Reads a stream of bytes to its end.
 *
 * @param stream The stream
 * @returns a buffer of all its bytes
 */
export async function toArrayBuffer(stream: ReadableStream<Uint8Array>): Promise<ArrayBuffer> {
  const bytes = await readAll(stream);
  return bytes.buffer;
}
