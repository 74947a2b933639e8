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
  /** The portals of the server that has it; absent when that is this one. */
  readonly elsewhere?: readonly Portal[] | undefined;
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
  const all = new Map<string, IsnsPortal>();
  const reach = (portals: readonly Portal[]): IsnsPortal[] =>
    advertised(portals, { local: { hostname: localHostname, port: 0 } }).flatMap(({ address, portalGroup }) => {
      const { hostname, port } = splitHostAddress(address);
      const ip = parseIpAddress(hostname);
      // A name cannot be registered: portals are addresses (RFC 4171 §6.3.1).
      if (ip === undefined) return [];
      const known = all.get(address) ?? { address: ip, port, portalGroup };
      all.set(address, known);
      return [known];
    });
  const registered = [...targets].map((target) => {
    const reached = reach(target.elsewhere ?? portals).filter(({ portalGroup }) => target.isAt(portalGroup));
    return {
      name: target.name,
      alias: target.alias,
      portalGroups: [...new Set(reached.map(({ portalGroup }) => portalGroup))],
      ...(target.elsewhere === undefined ? {} : { portals: reached }),
    };
  }).filter(({ portalGroups }) => portalGroups.length > 0);
  return { identifier: registered[0]?.name ?? "", portals: [...all.values()], targets: registered };
}
