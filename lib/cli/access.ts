/**
 * Who may come in: the patterns of `--allow`.
 *
 * @module
 */

import { UsageError } from "./errors.ts";
import { formatPortal, isLoopback, type Portal } from "./portal.ts";

/** The word for everyone. */
export const ANYONE = "any";

/**
 * Reads the patterns of `--allow`: initiator names, with `*` for any text and `?` for any character.
 *
 * @returns patterns in lower case; `["*"]` for everyone; `undefined` when none was given
 * @throws {UsageError} at a pattern that no initiator name can match
 */
export function parseAllowed(patterns: readonly string[]): readonly string[] | undefined {
  if (patterns.length === 0) return undefined;
  if (patterns.some((pattern) => pattern.toLowerCase() === ANYONE)) return ["*"];
  return patterns.map((pattern) => {
    const lower = pattern.toLowerCase();
    if (isPattern(lower)) return lower;
    throw new UsageError(
      `Cannot use --allow ${JSON.stringify(pattern)}: write an initiator name such as ` +
        `iqn.1993-08.org.debian:01:4711, one with * in it, or ${ANYONE}`,
    );
  });
}

/**
 * Checks that a portal beyond this machine is not left open by oversight.
 *
 * @throws {UsageError} when others can reach one of the portals and nothing says who may come in
 */
export function checkExposure(portals: readonly Portal[], allowed: readonly string[] | undefined): void {
  if (allowed !== undefined) return;
  const open = portals.find((portal) => !isLoopback(portal.hostname));
  if (open === undefined) return;
  throw new UsageError(
    `Cannot listen on ${formatPortal(open)}: whoever reaches that address could read and write the images; ` +
      `say who may, for example --allow 'iqn.1991-05.com.microsoft:*', or --allow ${ANYONE}`,
  );
}

function isPattern(text: string): boolean {
  return text.length <= 223 && /^[^\s\p{Cc},;"'\\/<>|(){}[\]]+$/u.test(text) &&
    /^(iqn\.|eui\.|naa\.|[^:]*[*?])/.test(text);
}
