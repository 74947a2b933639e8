/**
 * Reads a stream of texts, or of bytes of UTF-8, to its end.
 *
 * @example
 * ```ts
 * import { toText } from "@std/streams/to-text";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await toText(ReadableStream.from(["Hello, ", "world!"])), "Hello, world!");
 * ```
 *
 * @param stream The stream
 * @returns all its text
 */
export async function toText(stream: ReadableStream<string> | ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const chunks: AsyncIterable<string | Uint8Array> = stream;
  let text = "";
  for await (const chunk of chunks) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
