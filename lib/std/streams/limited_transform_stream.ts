/** What a {@linkcode LimitedTransformStream} can be told. */
export interface LimitedTransformStreamOptions {
  /** Whether too many chunks are an error instead of the end of the stream (default: false). */
  error?: boolean;
}

/** Passes at most `size` chunks on. */
export class LimitedTransformStream<T> extends TransformStream<T, T> {
  /**
   * @param size The number of chunks
   * @param options Whether more are an error, a `RangeError` of the stream
   */
  constructor(size: number, options: LimitedTransformStreamOptions = { error: false }) {
    let passed = 0;
    super({
      transform(chunk, controller) {
        if (passed < size) {
          passed++;
          controller.enqueue(chunk);
        } else if (options.error) {
          throw new RangeError(`Exceeded chunk limit of '${size}'`);
        } else {
          controller.terminate();
        }
      },
    });
  }
}
