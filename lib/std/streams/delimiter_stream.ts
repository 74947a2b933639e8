/** What becomes of the delimiters: kept at the end of a chunk, at the beginning of the next, or dropped. */
export type DelimiterDisposition = "suffix" | "prefix" | "discard";

/** What a {@linkcode DelimiterStream} can be told. */
export interface DelimiterStreamOptions {
  /** What becomes of the delimiters (default: dropped). */
  disposition?: DelimiterDisposition;
}

/**
 * Cuts a stream of bytes at each occurrence of a delimiter.
 *
 * @example
 * ```ts
 * import { DelimiterStream } from "@std/streams/delimiter-stream";
 * import { assertEquals } from "@std/assert";
 *
 * const parts = ReadableStream.from(["a,b", "c,d"])
 *   .pipeThrough(new TextEncoderStream())
 *   .pipeThrough(new DelimiterStream(new TextEncoder().encode(",")))
 *   .pipeThrough(new TextDecoderStream());
 * assertEquals(await Array.fromAsync(parts), ["a", "bc", "d"]);
 * ```
 */
export class DelimiterStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * @param delimiter At least one byte
   * @param options What becomes of the delimiters
   */
  constructor(delimiter: Uint8Array, options: DelimiterStreamOptions = { disposition: "discard" }) {
    const kept = options.disposition === "suffix" ? delimiter.length : 0;
    const dropped = options.disposition === "prefix" ? 0 : delimiter.length;
    let rest = new Uint8Array(0);
    let searched = 0;
    super({
      transform(chunk, controller) {
        const bytes = join(rest, chunk);
        let start = 0;
        for (let at = indexOf(bytes, delimiter, searched); at >= 0; at = indexOf(bytes, delimiter, searched)) {
          controller.enqueue(bytes.slice(start, at + kept));
          start = at + dropped;
          searched = at + delimiter.length;
        }
        // Only the end of what is left may begin a delimiter; one that is left as prefix has been found already
        searched = Math.max(searched, bytes.length - delimiter.length + 1) - start;
        rest = bytes.slice(start);
      },
      flush(controller) {
        if (rest.length > 0) controller.enqueue(rest);
      },
    });
  }
}

function join(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0];
  if (first === undefined) return -1;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
