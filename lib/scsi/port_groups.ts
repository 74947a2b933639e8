/**
 * Asymmetric logical unit access: target port groups, and in which state logical units are seen through each
 * (SPC-5).
 *
 * @module
 */

import type { Command } from "./command.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { Nexus, TargetPort } from "./nexus.ts";
import { sense, type SenseCode } from "./sense.ts";

/** ASYMMETRIC ACCESS STATE (SPC-5 §6.36). */
export const accessState = {
  optimized: 0x0,
  nonOptimized: 0x1,
  standby: 0x2,
  unavailable: 0x3,
  transitioning: 0xf,
} as const;

/** A state by name. */
export type AccessState = keyof typeof accessState;

/** STATUS CODE: by whom the state was changed last (SPC-5 §6.36). */
export const stateChange = { none: 0, explicit: 1, implicit: 2 } as const;

/** A target port group. */
export interface PortGroup {
  /** TARGET PORT GROUP, 0 to 65535. */
  readonly id: number;
  readonly ports: readonly TargetPort[];
  readonly preferred: boolean;
  readonly state: AccessState;
  /** One of {@link stateChange}. */
  readonly changed: number;
}

/** What {@link PortGroups} are made of. */
export interface PortGroupsOptions {
  /** Initiators may change states with SET TARGET PORT GROUPS; by default they may not. */
  readonly explicit?: boolean;
  /** The device may change states by itself; by default it may. */
  readonly implicit?: boolean;
}

/** States cannot be changed as asked for. */
export class PortGroupError extends Error {
  override readonly name = "PortGroupError";
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The target port groups of a device; all its logical units share them. */
export class PortGroups {
  readonly explicit: boolean;
  readonly implicit: boolean;
  readonly #groups = new Map<number, Mutable<PortGroup> & { ports: TargetPort[] }>();
  readonly #units = new Set<LogicalUnit>();

  constructor(options: PortGroupsOptions = {}) {
    this.explicit = options.explicit ?? false;
    this.implicit = options.implicit ?? true;
  }

  /** TPGS of standard INQUIRY data (SPC-5 §6.7.2). */
  get support(): number {
    return (this.explicit ? 2 : 0) | (this.implicit ? 1 : 0);
  }

  /** The groups, by their numbers. */
  get groups(): readonly PortGroup[] {
    return [...this.#groups.values()].sort((a, b) => a.id - b.id);
  }

  /** All ports of all groups, by their relative identifiers. */
  get ports(): readonly TargetPort[] {
    return [...this.#groups.values()].flatMap(({ ports }) => ports).sort((a, b) => a.relativeId - b.relativeId);
  }

  /** Adds a port to the group that it says it belongs to; one that is there already is not added twice. */
  add(port: TargetPort, state: AccessState = "optimized", preferred = false): void {
    const group = this.#groups.get(port.groupId);
    if (group === undefined) {
      this.#groups.set(port.groupId, { id: port.groupId, ports: [port], preferred, state, changed: stateChange.none });
    } else if (!group.ports.some(({ relativeId }) => relativeId === port.relativeId)) group.ports.push(port);
  }

  /** A logical unit is seen through these groups. */
  attach(unit: LogicalUnit): void {
    this.#units.add(unit);
  }

  /** The state in which a port is; one that nobody has added is added. */
  stateAt(port: TargetPort): number {
    this.add(port);
    return accessState[this.#groups.get(port.groupId)?.state ?? "optimized"];
  }

  /**
   * The device changes a state by itself; every nexus is told (2A/06).
   *
   * @throws {PortGroupError} when there is no such group, or implicit changes are not supported or switched off
   */
  change(id: number, state: AccessState): void {
    if (!this.implicit) throw new PortGroupError(`Cannot change port group ${id}: implicit changes are not supported`);
    for (const unit of this.#units) {
      if (unit.modePages.implicitAccess) continue;
      throw new PortGroupError(`Cannot change port group ${id}: an initiator has switched implicit changes off`);
    }
    if (!this.#groups.has(id)) throw new PortGroupError(`Cannot change port group ${id}: there is none`);
    this.set(id, state, stateChange.implicit);
  }

  /** Sets the state of a group that exists; every nexus but `except` is told when that is another one. */
  set(id: number, state: AccessState, change: number, except?: Nexus): void {
    const group = this.#groups.get(id);
    if (group === undefined || group.state === state) return;
    group.state = state;
    group.changed = change;
    for (const unit of this.#units) {
      for (const [nexus, remembered] of unit.nexuses()) remembered.portState = this.stateAt(nexus.targetPort);
      unit.raise(sense.accessStateChanged, except);
    }
  }
}

/** Why a command is not served in a state; `undefined` when it is (SPC-5). */
export function refusal(state: number, { opcode, serviceAction }: Command): SenseCode | undefined {
  const key = opcode | (serviceAction ?? 0) << 8;
  if (state <= accessState.nonOptimized || always.has(key)) return undefined;
  if (state === accessState.standby) return inStandby.has(key) ? undefined : sense.portInStandby;
  return state === accessState.unavailable ? sense.portUnavailable : sense.portInTransition;
}

/** Operation codes with service actions above them: REQUEST SENSE, INQUIRY, REPORT LUNS, REPORT and SET TARGET PORT GROUPS. */
const always: ReadonlySet<number> = new Set([0x03, 0x12, 0xa0, 0x0aa3, 0x0aa4]);

/**
 * What concerns the state of the unit and not its blocks. READ CAPACITY, RESERVE and RELEASE need not be served there, but
 * initiators want them.
 */
const inStandby: ReadonlySet<number> = new Set([
  ...[0x15, 0x55, 0x1a, 0x5a], // MODE SELECT, MODE SENSE
  ...[0x4c, 0x4d], // LOG SELECT, LOG SENSE
  ...[0x1c, 0x1d, 0x3b, 0x3c, 0x9b], // diagnostics and buffers
  ...[0x5e, 0x015e, 0x025e, 0x035e], // PERSISTENT RESERVE IN
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((action) => 0x5f | action << 8), // PERSISTENT RESERVE OUT
  ...[0x16, 0x17, 0x56, 0x57], // RESERVE, RELEASE
  ...[0x25, 0x109e], // READ CAPACITY
  ...[0x05a3, 0x0ca3, 0x0da3, 0x0fa3], // what A3h reports
]);
