/**
 * Waiting for something that only another program can do.
 *
 * @module
 */

/**
 * Looks every twentieth of a second whether `condition` holds.
 *
 * @throws {Error} If it does not within `seconds`: "Cannot wait longer for <what>".
 */
export async function eventually(what: string, condition: () => boolean, seconds = 60): Promise<void> {
  for (let tries = seconds * 20; !condition(); tries--) {
    if (tries <= 0) throw new Error(`Cannot wait longer for ${what}: ${seconds} s are over`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
