/** The error that every failed assertion of this package throws. */
export class AssertionError extends Error {
  /**
   * @param message What was expected and what was found instead
   * @param options `cause`, as for any `Error`
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
