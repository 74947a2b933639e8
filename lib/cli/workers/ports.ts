/**
 * How many workers there are, which targets each has, and where it listens.
 *
 * The port of `--listen` is the front's, at which initiators discover and are sent on; the workers have the ports after
 * it. What is advertised goes up with them.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { ListenPortal } from "../listen.ts";
import { formatPortal, type Portal } from "../portal.ts";

/** More threads than this help nobody. */
export const MAX_WORKERS = 64;

/** Cores that a machine has at least to be served by several workers without being told so. */
const manyCores = 4;

/** What there is to decide by. */
export interface WorkerFacts {
  readonly cores: number;
  /** How many there are. */
  readonly targets: number;
  /** Ports are forwarded to us by somebody who may know of the first one only. */
  readonly advertised: boolean;
}

/**
 * The number of workers: as told, otherwise one for each core; never more than there are targets. One on small machines
 * and where an address is advertised, unless told otherwise.
 *
 * @param text of `--workers`
 * @throws {UsageError} when it is not a number from 1 to 64
 */
export function workersOf(text: string | undefined, { cores, targets, advertised }: WorkerFacts): number {
  if (text === undefined) {
    return advertised || cores < manyCores ? 1 : Math.min(cores, targets, MAX_WORKERS);
  }
  const workers = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (workers >= 1 && workers <= MAX_WORKERS) return Math.min(workers, targets);
  throw new UsageError(`Cannot use --workers ${JSON.stringify(text)}: it is a number from 1 to ${MAX_WORKERS}`);
}

/** Deals targets out to workers, one after the other. */
export function shareOut<T>(targets: readonly T[], workers: number): readonly (readonly T[])[] {
  return Array.from({ length: workers }, (_, worker) => targets.filter((_, i) => i % workers === worker));
}

/**
 * Where a worker listens.
 *
 * @param worker from 1; 0 for the front
 * @param advertise what is told of portals that say nothing else
 */
export function portsOf(
  listen: readonly ListenPortal[],
  worker: number,
  advertise?: Portal,
): readonly ListenPortal[] {
  return listen.map((portal) => {
    const told = portal.advertise ?? (advertise === undefined ? undefined : [advertise]);
    return {
      ...portal,
      port: portal.port === 0 ? 0 : portal.port + worker,
      ...(told === undefined
        ? {}
        : { advertise: told.map(({ hostname, port }) => ({ hostname, port: port + worker })) }),
    };
  });
}

/**
 * Checks that there are ports for all workers.
 *
 * @throws {UsageError} when they would go beyond 65535, or portals are too close to each other
 */
export function checkPorts(listen: readonly ListenPortal[], workers: number, advertise?: Portal): void {
  if (workers === 1) return;
  for (
    const portal of [
      ...listen,
      ...listen.flatMap(({ advertise = [] }) => advertise),
      ...advertise ? [advertise] : [],
    ]
  ) {
    if (portal.port + workers <= 65535) continue;
    const state = "there are not that many ports after it";
    throw new UsageError(`Cannot use ${formatPortal(portal)} with ${workers} workers: ${state}`);
  }
  listen.forEach((portal, i) => {
    for (const other of listen.slice(0, i)) {
      if (portal.port === 0 || other.port === 0) continue;
      if (portal.hostname.toLowerCase() !== other.hostname.toLowerCase()) continue;
      const apart = portal.port - other.port;
      if (Math.abs(apart) > workers) continue;
      const state = apart > 0
        ? `with ${workers} workers ${formatPortal(other)} needs the ${workers} ports after it`
        : `it needs the ${workers} ports after it, and ${formatPortal(other)} is there`;
      throw new UsageError(`Cannot listen on ${formatPortal(portal)}: ${state}`);
    }
  });
}
