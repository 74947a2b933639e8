/**
 * Who may come in: the patterns of `--allow` and the networks of `--allow-from`.
 *
 * @module
 */

import { IpNetwork } from "../target/ip_address.ts";
import { messageOf, UsageError } from "./errors.ts";
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
 * Reads the networks of `--allow-from`.
 *
 * @returns them as they are; `undefined` when none was given
 * @throws {UsageError} at one that is none
 */
export function parseNetworks(texts: readonly string[]): readonly string[] | undefined {
  if (texts.length === 0) return undefined;
  for (const text of texts) {
    try {
      new IpNetwork(text);
    } catch (error) {
      const state = messageOf(error).replace(/^Cannot read network .*?: /, "");
      throw new UsageError(`Cannot use --allow-from ${JSON.stringify(text)}: ${state}`);
    }
  }
  return texts;
}

/**
 * Checks that a portal beyond this machine is not left open by oversight.
 *
 * @param guarded something says who may come in
 * @throws {UsageError} when others can reach one of the portals and nothing does
 */
export function checkExposure(portals: readonly Portal[], guarded: boolean): void {
  if (guarded) return;
  const open = portals.find((portal) => !isLoopback(portal.hostname));
  if (open === undefined) return;
  throw new UsageError(
    `Cannot listen on ${formatPortal(open)}: whoever reaches that address could read and write the images; ` +
      `say who may, for example --chap USER, --allow 'iqn.1991-05.com.microsoft:*', or --allow ${ANYONE}`,
  );
}

/** The text can fit an initiator name; in small letters. */
export function isPattern(text: string): boolean {
  return text.length <= 223 && /^[^\s\p{Cc},;"'\\/<>|(){}[\]]+$/u.test(text) &&
    /^(iqn\.|eui\.|naa\.|[^:]*[*?])/.test(text);
}
