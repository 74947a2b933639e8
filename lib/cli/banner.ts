/**
 * What `lunbox serve` prints when it is ready: what is served, where, and how to attach it.
 *
 * @module
 */

import { formatSize } from "../store/size.ts";
import { attachRecipes, reachablePortal } from "./attach.ts";
import type { Host } from "./host.ts";
import { printable, styles } from "./output.ts";
import { platformOf } from "./platform.ts";
import { formatPortal, isLoopback, type Portal } from "./portal.ts";
import { version } from "./version.ts";

/** A logical unit that is served. */
export interface ServedLun {
  readonly lun: number;
  /** The image as the user named it. */
  readonly location: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly blockSize: number;
  readonly readOnly: boolean;
}

/** A target that is served. */
export interface ServedTarget {
  /** Its iSCSI name. */
  readonly name: string;
  readonly alias?: string;
  readonly luns: readonly ServedLun[];
  /** Users of whom one is asked for by CHAP; absent when nobody is asked. */
  readonly chapUsers?: readonly string[];
  /** The portals at which it is, where a worker has it; absent when it is at all. */
  readonly portals?: readonly (Portal & { readonly advertise?: readonly Portal[] })[];
}

/** What is served. */
export interface Served {
  /** At least one. */
  readonly targets: readonly ServedTarget[];
  /** The portals with their real ports. */
  readonly portals: readonly Portal[];
  readonly advertise?: Portal;
  /** Patterns of initiator names; absent for everyone. */
  readonly allow?: readonly string[];
  /** Networks from which initiators may come; absent for all. */
  readonly allowFrom?: readonly string[];
  /** Where logins are sent. */
  readonly redirect?: string;
  /** A user that discovery asks for by CHAP; absent when it asks nobody. */
  readonly discoveryUser?: string;
}

/** The banner. */
export function banner(served: Served, host: Host): string {
  const { bold, dim } = styles(host.stdout);
  const [only] = served.targets.length === 1 ? served.targets : [];
  const what = only?.name ?? `${served.targets.length} targets`;
  const lines = [`${bold("Lunbox")} ${version} serves ${bold(what)}`, ""];
  for (const target of served.targets) {
    if (only === undefined) lines.push(`  ${bold(target.name)}`);
    lines.push(...factLines(targetFacts(target, host)));
    if (only === undefined) lines.push("");
  }
  lines.push(...factLines(facts(served, host)));
  const first = served.targets.find(({ luns }) => luns.length > 0);
  const lun = first?.luns[0]?.lun;
  const own = first?.portals?.[0];
  const portal = own ?? served.portals[0];
  if (portal !== undefined && first !== undefined && lun !== undefined) {
    const [user] = first.chapUsers ?? [];
    const { discoveryUser } = served;
    const chap = {
      ...(user === undefined ? {} : { chapUser: user }),
      ...(discoveryUser === undefined ? {} : { discoveryUser }),
    };
    const reachable = reachablePortal(portal, host, own === undefined ? served.advertise : own.advertise?.[0]);
    for (const recipe of attachRecipes({ name: first.name, portal: reachable, lun, ...chap })) {
      lines.push("", bold(recipe.title), ...recipe.lines.map((line) => `  ${line}`));
    }
    if (only === undefined) lines.push("", dim("The other targets are attached the same way, by their names."));
  }
  lines.push("", dim("Ctrl-C finishes what runs and stops; a second one stops at once."), "");
  return lines.join("\n");
}

type Fact = readonly [name: string, ...values: string[]];

function targetFacts({ alias, luns, chapUsers, portals = [] }: ServedTarget, host: Host): Fact[] {
  const result: Fact[] = [];
  if (alias !== undefined) result.push(["Alias", printable(alias)]);
  for (const lun of luns) result.push([`LUN ${lun.lun}`, lunText(lun)]);
  if (chapUsers !== undefined) result.push(["CHAP", `asks for the secret of ${listed(chapUsers)}`]);
  for (const portal of portals) result.push(["Portal", portalText(portal.advertise?.[0] ?? portal, host)]);
  return result;
}

function facts(served: Served, host: Host): Fact[] {
  const name = served.targets.some(({ portals }) => portals !== undefined) ? "Discovery" : "Portal";
  const result: Fact[] = [[name, ...served.portals.map((portal) => portalText(portal, host))]];
  if (served.advertise !== undefined) result.push(["Advertised", formatPortal(served.advertise)]);
  result.push(["Access", accessText(served)]);
  if (served.redirect !== undefined) result.push(["Redirect", `logins are sent to ${served.redirect}`]);
  const open = served.portals.find((portal) => !isLoopback(portal.hostname));
  const firewall = open === undefined ? undefined : platformOf(host.os).firewall(portsBehind(served, open));
  if (firewall !== undefined) result.push(["Firewall", firewall]);
  return result;
}

/** The ports that have to be reached for a portal, ascending: its own and those of workers. */
function portsBehind({ targets, portals }: Served, portal: Portal): number[] {
  const index = portals.indexOf(portal);
  const ports = targets.map(({ portals }) => portals?.[index]?.port ?? portal.port);
  return [...new Set([portal.port, ...ports])].toSorted((a, b) => a - b);
}

function factLines(facts: readonly Fact[]): string[] {
  return facts.flatMap(([name, ...values]) => values.map((value, i) => fact(i === 0 ? name : "", value)));
}

function fact(name: string, value: string): string {
  return `  ${name.padEnd(11)} ${value}`;
}

function lunText(lun: ServedLun): string {
  const words = [formatSize(lun.size), `blocks of ${lun.blockSize} bytes`];
  if (lun.readOnly) words.push("read-only");
  return `${printable(lun.location)} (${words.join(", ")})`;
}

function portalText(portal: Portal, host: Host): string {
  if (isLoopback(portal.hostname)) return `${formatPortal(portal)} (this machine only)`;
  const reachable = reachablePortal(portal, host);
  return reachable === portal
    ? formatPortal(portal)
    : `${formatPortal(portal)} (all addresses, such as ${reachable.hostname})`;
}

function accessText({ allow = ["*"], allowFrom }: Served): string {
  const names = allow.includes("*") ? "every initiator that reaches the portal" : allow.join(", ");
  return allowFrom === undefined ? names : `${names}, from ${allowFrom.join(", ")}`;
}

function listed(users: readonly string[]): string {
  const names = [...new Set(users)].map(printable);
  return names.length > 4 ? `one of ${names.length} users` : names.join(", ");
}
