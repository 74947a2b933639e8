/**
 * The portals of a server, and which of them discovery tells an initiator of (RFC 7143 §13.8, Appendix C).
 *
 * @module
 */

import type { TargetMove } from "../iscsi/login_host.ts";
import {
  formatIpAddress,
  isLinkLocalAddress,
  isLoopbackAddress,
  isWildcardAddress,
  parseIpAddress,
} from "./ip_address.ts";

/** A host and a TCP port. */
export interface HostAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly hostname: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** A portal that is listened on. */
export interface Portal extends HostAddress {
  /** Target portal group tag, 1 to 65535 (RFC 7143 §13.9). */
  readonly portalGroup: number;
  /** What initiators are told instead of its address: behind NAT, in a container. */
  readonly advertise?: readonly HostAddress[];
  /** Logins at this portal are sent elsewhere (RFC 7143 §11.13.5). */
  readonly redirect?: TargetMove;
}

/** A portal to be, as one asks for it. */
export interface PortalOptions extends HostAddress {
  /** Target portal group tag, 1 to 65535; 1 by default. A group is a target port of its own to SCSI. */
  readonly portalGroup?: number;
  /** What initiators are told instead of its address: behind NAT, in a container. */
  readonly advertise?: HostAddress | readonly HostAddress[];
  /** Logins at this portal are sent elsewhere. */
  readonly redirect?: TargetMove;
}

/** An address that initiators are told. */
export interface PortalAddress {
  /** As in TargetAddress without the tag: `192.0.2.1:3260`, `[2001:db8::1]:3260`. */
  readonly address: string;
  readonly portalGroup: number;
}

/** The portal group of portals that name none (RFC 7143 §4.1). */
export const DEFAULT_PORTAL_GROUP = 1;

/** Highest tag: RELATIVE TARGET PORT IDENTIFIER, which is the same number, ends there. */
const MAX_PORTAL_GROUP = 65535;

/**
 * Portals as they are asked for.
 *
 * @param advertise what initiators are told instead of any portal that says nothing else
 * @throws {RangeError} for a portal group that cannot be, or when one address would be in two groups
 */
export function planPortals(
  options: readonly PortalOptions[],
  advertise?: HostAddress | readonly HostAddress[],
): Portal[] {
  const portals = options.map((option): Portal => {
    const { hostname, port, portalGroup = DEFAULT_PORTAL_GROUP, redirect } = option;
    checkPortalGroup(portalGroup);
    const told = option.advertise ?? advertise;
    return {
      ...{ hostname, port, portalGroup },
      ...(told === undefined ? {} : { advertise: "hostname" in told ? [told] : told }),
      ...(redirect === undefined ? {} : { redirect }),
    };
  });
  const groups = new Map<string, number>();
  for (const { advertise: told = [], portalGroup } of portals) {
    for (const address of told.map(formatHostAddress)) {
      const group = groups.get(address) ?? portalGroup;
      if (group === portalGroup) groups.set(address, group);
      else {throw new RangeError(
          `Cannot advertise ${address}: it would be in portal groups ${group} and ${portalGroup}`,
        );}
    }
  }
  return portals;
}

/**
 * The addresses that an initiator is told, those of the portal that it has come to first.
 *
 * Of a portal that listens on all addresses it is told the one by which it came. It is not told loopback or link-local
 * addresses unless it came by such a one: they would lead it elsewhere.
 *
 * @param portals all that are listened on
 * @param here where the initiator has come to, if it has, and the address of ours by which it came
 */
export function advertised(
  portals: readonly Portal[],
  here: Here,
): PortalAddress[] {
  const found = new Map<string, PortalAddress>();
  const first = here.portal === undefined ? [] : [here.portal];
  for (const portal of [...first, ...portals.filter((other) => other !== here.portal)]) {
    for (const address of addressesOf(portal, here)) {
      if (!found.has(address)) found.set(address, { address, portalGroup: portal.portalGroup });
    }
  }
  return [...found.values()];
}

/** An address as TargetAddress has it (RFC 7143 §13.8); IPv4 in IPv6 is written as what it is. */
export function formatHostAddress({ hostname, port }: HostAddress): string {
  const plain = hostname.replace(/%.*$/, "");
  const host = /^::ffff:/i.test(plain) ? formatIpAddress(parseIpAddress(plain) ?? new Uint8Array(4)) : plain;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads what {@link formatHostAddress} has written. */
export function splitHostAddress(text: string): HostAddress {
  const colon = text.lastIndexOf(":");
  return { hostname: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}

/**
 * Checks a portal group tag.
 *
 * @throws {RangeError} when it is not a number from 1 to 65535
 */
export function checkPortalGroup(tag: number): void {
  if (Number.isInteger(tag) && tag >= 1 && tag <= MAX_PORTAL_GROUP) return;
  throw new RangeError(`Cannot use portal group ${tag}: tags go from 1 to ${MAX_PORTAL_GROUP}`);
}

interface Here {
  readonly portal?: Portal;
  readonly local: HostAddress;
}

function addressesOf(portal: Portal, here: Here): string[] {
  if (portal.advertise !== undefined) return portal.advertise.map(formatHostAddress);
  if (portal === here.portal) return [formatHostAddress(here.local)];
  const address = parseIpAddress(portal.hostname === "localhost" ? "127.0.0.1" : portal.hostname);
  const local = parseIpAddress(here.local.hostname);
  if (address === undefined) return [formatHostAddress(portal)];
  if (isWildcardAddress(address)) {
    // A portal for IPv4 is not reached by an address of IPv6; one on :: is by both.
    const reached = local === undefined || address.length === 16 || local.length === 4;
    return reached ? [formatHostAddress({ hostname: here.local.hostname, port: portal.port })] : [];
  }
  for (const isNear of [isLoopbackAddress, isLinkLocalAddress]) {
    if (isNear(address) && (local === undefined || !isNear(local))) return [];
  }
  return [formatHostAddress(portal)];
}
