/**
 * Reads the answer to SendTargets (RFC 7143 §13.3, Appendix C).
 *
 * @module
 */

import { ISCSI_PORT } from "../iscsi/constants.ts";
import { parseNumerical, type TextPair } from "../iscsi/text.ts";

/** An address at which a target can be reached. */
export interface DiscoveredPortal {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Target portal group tag, 0 to 65535; 1 where the target gives none. */
  readonly tag: number;
}

/** A target that a portal knows of. */
export interface DiscoveredTarget {
  readonly name: string;
  /** Empty when the target can be reached where it was asked for (RFC 7143 Appendix C). */
  readonly portals: readonly DiscoveredPortal[];
}

/** Reads the records of an answer. Addresses that make no sense, and those before the first name, are passed over. */
export function parseTargets(pairs: Iterable<TextPair>): DiscoveredTarget[] {
  const targets: { name: string; portals: DiscoveredPortal[] }[] = [];
  for (const [key, value] of pairs) {
    if (key === "TargetName") targets.push({ name: value, portals: [] });
    if (key !== "TargetAddress") continue;
    const portal = parseTargetAddress(value);
    if (portal !== undefined) targets.at(-1)?.portals.push(portal);
  }
  return targets;
}

/** Reads `host[:port][,tag]`, an IPv6 host in brackets; `undefined` for anything else (RFC 7143 §13.8). */
export function parseTargetAddress(text: string): DiscoveredPortal | undefined {
  const match = /^(\[[0-9a-fA-F:.%]+[^\]]*\]|[^[\]:,\s]+)(?::(\d{1,5}))?(?:,(\w+))?$/.exec(text);
  if (match === null) return undefined;
  const [, host = "", port, tag] = match;
  const hostname = host.replace(/^\[(.*)\]$/, "$1");
  const portNumber = port === undefined ? ISCSI_PORT : Number(port);
  const tagNumber = tag === undefined ? 1 : parseNumerical(tag);
  if (portNumber > 65535 || tagNumber === undefined || tagNumber > 65535) return undefined;
  return { hostname, port: portNumber, tag: tagNumber };
}
