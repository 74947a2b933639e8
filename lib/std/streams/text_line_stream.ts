/** What a {@linkcode TextLineStream} can be told. */
export interface TextLineStreamOptions {
  /** Whether a carriage return alone ends a line too (default: false). */
  allowCR?: boolean;
}

/**
 * Cuts a stream of texts into lines, without their ends: a line feed, or carriage return and line feed. An empty text
 * behind the last end is no line.
 *
 * @example
 * ```ts
 * import { TextLineStream } from "@std/streams/text-line-stream";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = ReadableStream.from(["one\ntw", "o\r\nthree"]).pipeThrough(new TextLineStream());
 * assertEquals(await Array.fromAsync(lines), ["one", "two", "three"]);
 * ```
 */
export class TextLineStream extends TransformStream<string, string> {
  /** @param options What ends a line */
  constructor(options: TextLineStreamOptions = { allowCR: false }) {
    const end = options.allowCR ? /\r\n|\n|\r(?!$)/g : /\r?\n/g;
    let rest = "";
    super({
      transform(chunk, controller) {
        const text = rest + chunk;
        let start = 0;
        // What was seen before holds no end, but its last character may begin one
        end.lastIndex = Math.max(0, rest.length - 1);
        for (let match = end.exec(text); match !== null; match = end.exec(text)) {
          controller.enqueue(text.slice(start, match.index));
          start = end.lastIndex;
        }
        rest = text.slice(start);
      },
      flush(controller) {
        if (rest === "") return;
        controller.enqueue(options.allowCR && rest.endsWith("\r") ? rest.slice(0, -1) : rest);
      },
    });
  }
}
