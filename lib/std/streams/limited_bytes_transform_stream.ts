/** What a {@linkcode LimitedBytesTransformStream} can be told. */
export interface LimitedBytesTransformStreamOptions {
  /** Whether too many bytes are an error instead of the end of the stream (default: false). */
  error?: boolean;
}

/** Passes chunks on as long as they have at most `size` bytes together; the chunk that goes beyond is not passed on. */
export class LimitedBytesTransformStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * @param size The number of bytes
   * @param options Whether more are an error, a `RangeError` of the stream
   */
  constructor(size: number, options: LimitedBytesTransformStreamOptions = { error: false }) {
    let passed = 0;
    super({
      transform(chunk, controller) {
        if (passed + chunk.byteLength <= size) {
          passed += chunk.byteLength;
          controller.enqueue(chunk);
        } else if (options.error) {
          throw new RangeError(`Exceeded byte size limit of '${size}'`);
        } else {
          controller.terminate();
        }
      },
    });
  }
}
