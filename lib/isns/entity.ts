/**
 * What of a server is registered: its targets, and the portals at which they can be reached.
 *
 * @module
 */

import { parseIpAddress } from "../target/ip_address.ts";
import { advertised, type Portal, splitHostAddress } from "../target/portals.ts";
import type { IsnsEntity, IsnsPortal } from "./registration.ts";

/** A target, as far as it is registered. */
export interface RegisteredTarget {
  readonly name: string;
  readonly alias?: string | undefined;
  /** The target is at the portals of a group. */
  isAt(portalGroup: number): boolean;
}

/**
 * The entity that is registered, called after its first target, whose name nobody else has.
 *
 * @param localHostname our address on the way to the iSNS server, for portals that listen on all
 */
export function entityOf(
  targets: Iterable<RegisteredTarget>,
  portals: readonly Portal[],
  localHostname: string,
): Pick<IsnsEntity, "identifier" | "portals" | "targets"> {
  const reached: IsnsPortal[] = [];
  for (const { address, portalGroup } of advertised(portals, { local: { hostname: localHostname, port: 0 } })) {
    const { hostname, port } = splitHostAddress(address);
    const ip = parseIpAddress(hostname);
    // A name cannot be registered: portals are addresses (RFC 4171 §6.3.1).
    if (ip !== undefined) reached.push({ address: ip, port, portalGroup });
  }
  const groups = [...new Set(reached.map(({ portalGroup }) => portalGroup))];
  const registered = [...targets].map((target) => ({
    name: target.name,
    alias: target.alias,
    portalGroups: groups.filter((group) => target.isAt(group)),
  })).filter(({ portalGroups }) => portalGroups.length > 0);
  return { identifier: registered[0]?.name ?? "", portals: reached, targets: registered };
}
