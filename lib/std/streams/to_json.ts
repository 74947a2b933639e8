import { toText } from "./to_text.ts";

/**
 * Reads a stream of texts, or of bytes of UTF-8, to its end, and parses it as JSON.
 *
 * @param stream The stream
 * @returns the value
 * @throws {SyntaxError} when it is not JSON
 */
export async function toJson(stream: ReadableStream<string> | ReadableStream<Uint8Array>): Promise<unknown> {
  return JSON.parse(await toText(stream));
}
