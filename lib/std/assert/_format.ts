/** The tail of a message: the caller's own words, or a full stop. */
export function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

/**
 * A value as text, one property a line and keys sorted, so that two values can be compared line by line.
 *
 * @param value Anything
 * @returns its text; without Deno, the quoted `String(value)`
 */
export function format(value: unknown): string {
  const inspect = globalThis.Deno?.inspect;
  if (typeof inspect !== "function") return `"${String(value).replace(/(?=["\\])/g, "\\")}"`;
  return inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    getters: true,
    strAbbreviateSize: Infinity,
  });
}
