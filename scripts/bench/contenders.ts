/**
 * The servers that take part.
 *
 * @module
 */

import { serveIstgt } from "../../tests/support/istgt.ts";
import type { Served } from "../../tests/support/portal.ts";
import { serveLunbox } from "../../tests/support/served.ts";
import { serveTgt } from "../../tests/support/tgt.ts";
import { installed } from "../command.ts";

/** A server that takes part. */
export interface Contender {
  /** For the table. */
  readonly name: string;
  /** Serves the images as its first LUNs; with digests agreed to if they are asked for. */
  start(images: readonly string[], digests?: boolean): Promise<Served>;
}

/** How Lunbox is run. */
export interface OurOptions {
  /** A compiled Lunbox instead of `deno run`. */
  readonly executable?: string;
  /** Flags of V8. */
  readonly v8Flags?: string;
}

/** Lunbox. */
export function lunbox({ executable, v8Flags }: OurOptions = {}): Contender {
  const more = {
    ...(executable === undefined ? {} : { executable }),
    ...(v8Flags === undefined ? {} : { runtime: [`--v8-flags=${v8Flags}`] }),
  };
  return { name: "lunbox", start: (images) => serveLunbox({ images, ...more }) };
}

/** Every peer by name, with the program that it needs. */
const peers: Readonly<Record<string, { readonly program: string; readonly contender: Contender }>> = {
  tgt: {
    program: "tgtd",
    contender: { name: "tgt", start: (images, digests = false) => serveTgt({ images, digests }) },
  },
  istgt: { program: "istgt", contender: { name: "istgt", start: (images) => serveIstgt({ images }) } },
};

/**
 * The peers of these names; of all names those that are installed.
 *
 * @throws {Error} one is not known, or not installed.
 */
export function peersNamed(names?: readonly string[]): Contender[] {
  if (names === undefined) {
    return Object.values(peers).filter((one) => installed(one.program)).map((one) => one.contender);
  }
  return names.map((name) => {
    const peer = peers[name];
    if (peer === undefined) {
      throw new Error(`Cannot compare with ${name}: it is none of ${Object.keys(peers).join(", ")}`);
    }
    if (!installed(peer.program)) throw new Error(`Cannot compare with ${name}: ${peer.program} is not installed`);
    return peer.contender;
  });
}
