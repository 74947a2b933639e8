/**
 * Who may come in: patterns of initiator names.
 *
 * @module
 */

/** Initiator names that may log in. */
export class AccessList {
  readonly #patterns: readonly RegExp[] | undefined;

  /** Patterns with `*` for any text and `?` for any character; none given: everyone may. Case does not count. */
  constructor(patterns?: readonly string[]) {
    this.#patterns = patterns?.map(toRegExp);
  }

  /** An initiator may log in. */
  admits(initiatorName: string): boolean {
    return this.#patterns === undefined || this.#patterns.some((pattern) => pattern.test(initiatorName));
  }
}

function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i");
}
