/**
 * Asymmetric access (ALUA) as the command line asks for it: `--listen ADDR,group=2,access=standby,preferred` and
 * `--explicit-alua`.
 *
 * @module
 */

import type { AccessState } from "../scsi/logical_unit.ts";
import { DEFAULT_PORTAL_GROUP } from "../target/portals.ts";
import type { AluaOptions } from "../target/target.ts";
import { UsageError } from "./errors.ts";

/** States in which disks can be at a portal group, as people write them (SPC-5 §5.17.2.4). */
export const accessStates: ReadonlyMap<string, AccessState> = new Map([
  ["optimized", "optimized"],
  ["non-optimized", "nonOptimized"],
  ["standby", "standby"],
  ["unavailable", "unavailable"],
]);

/** What a portal says of the access through its group. */
export interface PortalAccess {
  /** Target portal group tag; 1 when absent. */
  readonly portalGroup?: number;
  /** In which state disks are there. */
  readonly access?: AccessState;
  /** Initiators had better use it. */
  readonly preferred?: true;
}

/**
 * Asymmetric access, or nothing when no portal says anything of it and initiators may not change it.
 *
 * @param explicit initiators may change the states
 * @throws {UsageError} when portals of one group say different things, or nobody could ever use a disk
 */
export function aluaOf(portals: readonly PortalAccess[], explicit: boolean): AluaOptions | undefined {
  if (!explicit && !portals.some(({ access, preferred }) => access !== undefined || preferred)) return undefined;
  const states: Record<number, AccessState> = {};
  const preferred = new Set<number>();
  for (const { portalGroup = DEFAULT_PORTAL_GROUP, ...portal } of portals) {
    if (portal.preferred) preferred.add(portalGroup);
    if (portal.access === undefined) continue;
    const other = states[portalGroup] ??= portal.access;
    if (other !== portal.access) {
      throw new UsageError(
        `Cannot use access of --listen: portal group ${portalGroup} is ${wordOf(other)} and ${
          wordOf(portal.access)
        }; ` +
          "give the portals different groups with group=N",
      );
    }
  }
  const groups = portals.map(({ portalGroup = DEFAULT_PORTAL_GROUP }) => states[portalGroup] ?? "optimized");
  if (!explicit && !groups.some((state) => state === "optimized" || state === "nonOptimized")) {
    throw new UsageError(
      "Cannot use access of --listen: no portal group is optimized or non-optimized, and initiators may not change that " +
        "without --explicit-alua",
    );
  }
  return { explicit, states, preferred: [...preferred] };
}

function wordOf(state: AccessState): string {
  for (const [word, named] of accessStates) if (named === state) return word;
  return state;
}
