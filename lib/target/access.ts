/**
 * Who may come in: patterns of initiator names, and networks.
 *
 * @module
 */

import { IpNetwork, parseIpAddress } from "./ip_address.ts";

/** What an initiator must be to come in. */
export interface AccessOptions {
  /** Patterns of names with `*` for any text and `?` for any character, of which one must fit; absent for all names. */
  readonly names?: readonly string[] | undefined;
  /** Networks such as `192.0.2.0/24`, of which one must hold the initiator's address; absent for all addresses. */
  readonly networks?: readonly string[] | undefined;
}

/** Initiators that may come in. */
export class AccessList {
  readonly #names: NamePatterns | undefined;
  readonly #networks: readonly IpNetwork[] | undefined;

  /** Takes the patterns alone, too. Throws a `TypeError` at a network that is none. */
  constructor(options: AccessOptions | readonly string[] = {}) {
    const { names, networks } = isPatterns(options) ? { names: options, networks: undefined } : options;
    this.#names = names === undefined ? undefined : new NamePatterns(names);
    this.#networks = networks?.map((text) => new IpNetwork(text));
  }

  /**
   * An initiator may come in.
   *
   * @param address where it comes from; one that is not known is in no network
   */
  admits(initiatorName: string, address?: string): boolean {
    if (this.#names !== undefined && !this.#names.match(initiatorName)) return false;
    if (this.#networks === undefined) return true;
    const from = address === undefined ? undefined : parseIpAddress(address);
    return from !== undefined && this.#networks.some((network) => network.contains(from));
  }
}

/** Patterns of initiator names. Case does not count. */
export class NamePatterns {
  readonly #patterns: readonly RegExp[];

  /** Patterns with `*` for any text and `?` for any character. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map(toRegExp);
  }

  /** Some pattern fits the whole name. */
  match(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(name));
  }
}

function isPatterns(options: AccessOptions | readonly string[]): options is readonly string[] {
  return Array.isArray(options);
}

function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*").replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i");
}
