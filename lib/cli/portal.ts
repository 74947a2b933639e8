/**
 * Network portals as people write them: `192.0.2.1:3260`, `nas.example`, `[2001:db8::1]:3260`, `::1`.
 *
 * @module
 */

import { ISCSI_PORT } from "../iscsi/constants.ts";
import { parseIpAddress } from "../target/ip_address.ts";
import { UsageError } from "./errors.ts";

/** An address and a TCP port. */
export interface Portal {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly hostname: string;
  /** 0 to 65535. */
  readonly port: number;
}

/**
 * Reads a portal.
 *
 * @param source what the message calls it, for example `--listen`
 * @param defaultPort the port of one that names none
 * @throws {UsageError} when it is none
 */
export function parsePortal(text: string, source: string, defaultPort = ISCSI_PORT): Portal {
  if (/[\s/@]/.test(text)) throw problem(source, text, "write ADDRESS:PORT");
  const { hostname, port } = split(text);
  if (hostname === "" || hostname === "*") {
    throw problem(source, text, "the address is missing; all addresses are 0.0.0.0 (IPv4) or [::]");
  }
  if (hostname.includes(":") && parseIpAddress(hostname) === undefined) {
    throw problem(source, text, "it is no IPv6 address, which stands in brackets before a port; write ADDRESS:PORT");
  }
  if (port === undefined) return { hostname, port: defaultPort };
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw problem(source, text, "a port is a number from 0 to 65535");
  }
  return { hostname, port: Number(port) };
}

/** Writes a portal so that `parsePortal` reads the same: IPv6 addresses in brackets. */
export function formatPortal(portal: Portal): string {
  return `${formatHostname(portal.hostname)}:${portal.port}`;
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function formatHostname(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Only this machine can reach the address. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === "localhost" || name === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(name);
}

/** The address stands for all addresses of the machine. */
export function isWildcard(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::" || hostname === "0:0:0:0:0:0:0:0";
}

function split(text: string): { hostname: string; port?: string } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) return { hostname: bracketed[1] ?? "", ...(bracketed[2] === undefined ? {} : { port: bracketed[2] }) };
  // More than one colon is an IPv6 address without brackets, which leaves no room for a port.
  if (text.split(":").length > 2) return { hostname: text };
  const [hostname, port] = text.split(":");
  return { hostname: hostname ?? "", ...(port === undefined ? {} : { port }) };
}

function problem(source: string, text: string, state: string): UsageError {
  return new UsageError(`Cannot use ${source} ${JSON.stringify(text)}: ${state}`);
}
