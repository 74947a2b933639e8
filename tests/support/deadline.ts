/**
 * Ends waiting that would otherwise have no end, so that a test fails instead of hanging.
 *
 * @module
 */

/**
 * What `promise` gives, if it does within `seconds`.
 *
 * @throws {Error} If it does not: "Cannot wait longer for <what>".
 */
export async function within<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const error = new Error(`Cannot wait longer for ${what}: ${seconds} s are over`);
  const alarm = setTimeout(() => late.reject(error), seconds * 1000);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(alarm);
  }
}
