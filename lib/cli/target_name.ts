/**
 * The names of targets that were not given whole ones.
 *
 * @module
 */

import { MAX_NAME_LENGTH } from "../iscsi/names.ts";

/** What every name that we make up begins with (RFC 7143 §4.2.7.4). */
export const NAME_PREFIX = "iqn.2026-11.io.lunbox:";

/**
 * A name that is the same at every start, differs between machines and between servers on one machine, and stays when
 * more images are added: this machine's name and the first image's.
 *
 * @param location the first image, for example `/srv/Disk 1.img`: gives `….disk-1`
 */
export function defaultTargetName(hostname: string, location: string): string {
  const host = sanitized(hostname) || "localhost";
  const image = sanitized(baseName(location)) || "disk";
  const room = MAX_NAME_LENGTH - NAME_PREFIX.length - 1;
  const cutHost = trimmed(host.slice(0, Math.max(room - image.length, room >> 1)));
  return `${NAME_PREFIX}${cutHost}.${trimmed(image.slice(0, room - cutHost.length))}`;
}

/**
 * The name of a target that is given the end of one, or a whole one.
 *
 * @param name `backup`, or a whole name such as `iqn.2026-11.com.example:backup`
 * @param given the name of the main target, behind which the end goes; absent: this machine's
 */
export function namedTarget(name: string, hostname: string, given?: string): string {
  if (/^(iqn|eui|naa)\./i.test(name)) return name;
  if (given === undefined) return `${NAME_PREFIX}${sanitized(hostname) || "localhost"}.${name}`;
  return `${given}${given.includes(":") ? "." : ":"}${name}`;
}

function baseName(location: string): string {
  const scheme = /^([a-z]{2,}):(?:\/\/)?(.*)$/s.exec(location);
  // `memory:1G` is named after what it is; its size says nothing.
  if (scheme && scheme[1] !== "file") return scheme[1] ?? "";
  const path = scheme?.[2] ?? location;
  const last = path.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  return last.replace(/(?<=.)\.[^.]*$/, "");
}

// Lower case letters, digits, "-", "." and ":" are what a name is made of (RFC 7143 §4.2.7.2).
function sanitized(text: string): string {
  return trimmed(text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9.]+/g, "-"));
}

function trimmed(text: string): string {
  return text.replace(/^[-.]+|[-.]+$/g, "").replace(/[-.]*\.[-.]*/g, ".");
}
