/**
 * Where to listen: `--listen ADDR[:PORT][,OPTION...]`, `--advertise` and `--redirect`.
 *
 * @module
 */

import type { TargetMove } from "../iscsi/login_host.ts";
import type { AccessState } from "../scsi/logical_unit.ts";
import { accessStates, type PortalAccess } from "./alua.ts";
import { UsageError } from "./errors.ts";
import { formatPortal, isWildcard, parsePortal, type Portal } from "./portal.ts";
import { didYouMean } from "./suggest.ts";

/** A portal to listen on. */
export interface ListenPortal extends Portal, PortalAccess {
  /** Target portal group tag, 1 to 65535. */
  readonly portalGroup?: number;
  /** Where initiators are told to connect instead. */
  readonly advertise?: readonly Portal[];
  /** Where its logins are sent. */
  readonly redirect?: TargetMove;
}

/** What may follow the address of `--listen`. */
export const listenWords: readonly string[] = ["group", "access", "preferred", "advertise", "redirect", "permanent"];

/** Those of them that take no value. */
const flags: readonly string[] = ["preferred", "permanent"];

/**
 * Reads every `--listen`; none is the loopback interface.
 *
 * @throws {UsageError} when one makes no sense, or is given twice
 */
export function portalsOf(texts: readonly string[]): readonly ListenPortal[] {
  if (texts.length === 0) return [parsePortal("127.0.0.1", "--listen")];
  const portals = texts.map(listenPortalOf);
  const seen = new Set<string>();
  for (const portal of portals) {
    const key = formatPortal(portal).toLowerCase();
    if (seen.has(key) && portal.port !== 0) throw new UsageError(`Cannot listen on ${key}: it is given twice`);
    seen.add(key);
  }
  return portals;
}

/**
 * Reads an address that initiators are told.
 *
 * @param defaultPort the port of one that names none
 * @throws {UsageError} when initiators could not connect to it
 */
export function advertisedOf(text: string, source: string, defaultPort?: number): Portal {
  const portal = parsePortal(text, source, defaultPort);
  if (isWildcard(portal.hostname)) {
    throw new UsageError(`Cannot advertise ${portal.hostname}: initiators cannot connect to it, give a real address`);
  }
  if (portal.port === 0) throw new UsageError(`Cannot advertise ${portal.hostname}: give the port, as in ADDR:PORT`);
  return portal;
}

/**
 * Reads `ADDR[:PORT][,permanent]`.
 *
 * @throws {UsageError} when it is not that
 */
export function redirectOf(text: string, source = "--redirect"): TargetMove {
  const [address = "", ...words] = text.split(",");
  const odd = words.find((word) => word !== "permanent");
  if (odd !== undefined) {
    throw new UsageError(`Cannot use ${source} ${JSON.stringify(text)}: after the address there is only ,permanent`);
  }
  return { address: formatPortal(advertisedOf(address, source)), permanent: words.length > 0 };
}

function listenPortalOf(text: string): ListenPortal {
  const [address = "", ...words] = text.split(",");
  const portal = parsePortal(address, "--listen");
  const advertise: Portal[] = [];
  let portalGroup: number | undefined;
  let redirect: string | undefined;
  let access: AccessState | undefined;
  const given = new Set<string>();
  for (const word of words) {
    const [name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(word)?.slice(1) ?? [];
    if (!listenWords.includes(name)) {
      const hint = didYouMean(name, listenWords) || `; there are ${listenWords.join(", ")}`;
      throw problem(text, `there is no option ${JSON.stringify(name)}${hint}`);
    }
    if (flags.includes(name) !== (value === undefined)) {
      throw problem(text, `write ${name}${flags.includes(name) ? "" : "=VALUE"}`);
    }
    given.add(name);
    if (name === "group") portalGroup = groupOf(text, value ?? "");
    else if (name === "advertise") advertise.push(advertisedOf(value ?? "", "advertise of --listen", portal.port));
    else if (name === "redirect") redirect = value;
    else if (name === "access") access = accessOf(text, value ?? "");
  }
  const permanent = given.has("permanent");
  if (permanent && redirect === undefined) throw problem(text, "permanent belongs to redirect=ADDR[:PORT]");
  return {
    ...portal,
    ...(portalGroup === undefined ? {} : { portalGroup }),
    ...(access === undefined ? {} : { access }),
    ...(given.has("preferred") ? { preferred: true as const } : {}),
    ...(advertise.length === 0 ? {} : { advertise }),
    ...(redirect === undefined ? {} : { redirect: { ...redirectOf(redirect, "redirect of --listen"), permanent } }),
  };
}

function groupOf(text: string, value: string): number {
  const group = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (group >= 1 && group <= 65535) return group;
  throw problem(text, `a portal group is a number from 1 to 65535, not ${JSON.stringify(value)}`);
}

function accessOf(text: string, value: string): AccessState {
  const state = accessStates.get(value);
  if (state !== undefined) return state;
  const words = [...accessStates.keys()];
  throw problem(text, `an access is ${words.join(", ")}, not ${JSON.stringify(value)}${didYouMean(value, words)}`);
}

function problem(text: string, state: string): UsageError {
  return new UsageError(`Cannot use --listen ${JSON.stringify(text)}: ${state}`);
}
