/**
 * A target: its name, who may come in, its logical units and the sessions that are open to it.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { assertIscsiName, normalizeIscsiName, targetPortName } from "../iscsi/names.ts";
import type { TargetMove } from "../iscsi/login_host.ts";
import type { Session } from "../iscsi/session.ts";
import {
  type AccessState,
  LogicalUnit,
  PortGroups,
  type PortGroupsOptions,
  type UnitKind,
  type UnitMemory,
} from "../scsi/logical_unit.ts";
import type { LunMap, Nexus, TargetPort } from "../scsi/nexus.ts";
import type { BlockStore } from "../store/store.ts";
import { AccessList } from "./access.ts";
import { type ChapAccount, ChapAccounts, type ChapAccountsOptions } from "./chap_accounts.ts";
import { identityOf } from "./identity.ts";
import { checkLimits, type TargetLimits } from "./limits.ts";
import { type LunMapRule, LunMaps, MAX_LUN } from "./lun_map.ts";
import { checkPortalGroup, DEFAULT_PORTAL_GROUP, planPortals, type Portal, type PortalOptions } from "./portals.ts";

/** A logical unit of a target. */
export interface UnitOptions {
  /** 0 to 16383; some initiators want a LUN 0. */
  readonly lun: number;
  readonly store: BlockStore;
  /** A disk by default; a CD-ROM is read-only and removable. */
  readonly kind?: UnitKind;
  /** Bytes of a logical block, 512 by default; 2048 of a CD-ROM. */
  readonly blockSize?: number;
  /** Bytes of a physical block, to which initiators align: a power of two; 4096 by default, or the block size if larger. */
  readonly physicalBlockSize?: number;
  /** The first logical block with which a physical one begins, 0 by default; less than a physical block has. */
  readonly lowestAlignedLba?: number;
  readonly readOnly?: boolean;
  readonly removable?: boolean;
  /** Blocks can be given back; by default when the store can do that. */
  readonly thin?: boolean;
  /** 32 hexadecimal digits, the same at every start, from which serial number and names are made. */
  readonly id?: string;
  readonly serial?: string;
  readonly vendor?: string;
  readonly product?: string;
  readonly revision?: string;
  /** Keeps what has to survive a restart: saved mode pages, names given by initiators, registrations. */
  readonly memory?: UnitMemory;
  /** Told of exceptions that no initiator is to blame for. */
  readonly onFault?: (error: unknown) => void;
}

/** Asymmetric access (ALUA): each portal group is a target port group, through which units are in a state of its own. */
export interface AluaOptions extends PortGroupsOptions {
  /** States at the start, by portal group; `optimized` for the others. */
  readonly states?: Readonly<Record<number, AccessState>>;
  /** Portal groups that initiators had better use. */
  readonly preferred?: readonly number[];
}

/** A target. */
export interface TargetOptions extends ChapAccountsOptions {
  /** An iSCSI name (RFC 7143 §4.2.7). */
  readonly name: string;
  /** For people to read (RFC 7143 §13.6). */
  readonly alias?: string;
  /** Patterns of initiator names that may log in, with `*` and `?`; absent for everyone. */
  readonly allow?: readonly string[];
  /** Networks such as `192.0.2.0/24` from which initiators may log in; absent for all. */
  readonly allowFrom?: readonly string[];
  /** Who may log in with which secret: CHAP is required. Absent: nobody is asked. */
  readonly chap?: readonly ChapAccount[];
  readonly luns?: readonly UnitOptions[];
  /** What some initiators see instead of all logical units; the first rule that fits counts. */
  readonly lunMaps?: readonly LunMapRule[];
  /** Commands in flight in a session, 128 by default. */
  readonly queueDepth?: number;
  readonly limits?: TargetLimits;
  /** Portal groups at which the target is; absent for all of the server. */
  readonly portalGroups?: readonly number[];
  /** Asymmetric access; absent: units are the same through all portal groups, and say so. */
  readonly alua?: AluaOptions;
  /** The target is elsewhere: whoever logs in is sent there. */
  readonly redirect?: TargetMove;
  /**
   * The portals of the server that has the target, one for each of ours and in the same order: discovery names them, and
   * logins are sent there for now (RFC 7143 §11.13.5).
   */
  readonly elsewhere?: readonly PortalOptions[];
  /**
   * Tells initiators of new LUNs and sizes at once, in Asynchronous Messages (RFC 7143 §11.9.1, event 0), besides the unit
   * attention. Off by default: the firmware of some machines takes such a message for an error.
   */
  readonly scsiEvents?: boolean;
}

/** A target that can be logged in to. */
export class Target implements LunMap {
  /** In the form that compares equal. */
  readonly name: string;
  readonly alias: string | undefined;
  readonly access: AccessList;
  /** Accounts of which one is needed to come in; `undefined` when none is. */
  readonly accounts: ChapAccounts | undefined;
  readonly queueDepth: number;
  readonly limits: TargetLimits;
  /** Where logins are sent; may change at any time, open sessions stay. */
  redirect: TargetMove | undefined;
  /** The portals of the server that has it; absent when that is this one. */
  readonly elsewhere: readonly Portal[] | undefined;
  readonly sessions: Set<Session> = new Set();
  /** The target port groups; `undefined` without asymmetric access. */
  readonly portGroups: PortGroups | undefined;
  readonly #alua: AluaOptions;
  readonly #portalGroups: readonly number[] | undefined;
  readonly #ports = new Map<number, TargetPort>();
  readonly #maps: LunMaps;
  /** Told when a command has aborted tasks of other sessions; whoever runs the sessions sets it. */
  onAbort: (() => void) | undefined = undefined;
  /** Told of changes that the initiator of a session wants to hear of at once, with LUN and sense data. */
  onChange: ((session: Session, lun: number, sense: Uint8Array) => void) | undefined = undefined;
  readonly #units: (LogicalUnit | undefined)[] = [];
  readonly #scsiEvents: boolean;

  /** Throws an error for a name that is none, a unit that cannot be served, or access that makes no sense. */
  constructor(options: TargetOptions) {
    assertIscsiName(options.name);
    this.name = normalizeIscsiName(options.name);
    this.alias = options.alias;
    this.access = new AccessList({ names: options.allow, networks: options.allowFrom });
    this.accounts = options.chap === undefined ? undefined : new ChapAccounts(options.chap, options);
    this.queueDepth = options.queueDepth ?? 128;
    this.limits = options.limits ?? {};
    checkLimits(this.limits);
    this.redirect = options.redirect;
    this.elsewhere = options.elsewhere === undefined ? undefined : planPortals(options.elsewhere);
    this.#scsiEvents = options.scsiEvents ?? false;
    this.#portalGroups = options.portalGroups;
    options.portalGroups?.forEach(checkPortalGroup);
    this.#alua = options.alua ?? {};
    this.portGroups = options.alua === undefined ? undefined : new PortGroups(options.alua);
    options.portalGroups?.forEach((group) => this.portOf(group));
    this.#maps = new LunMaps(this, options.lunMaps);
    for (const unit of options.luns ?? []) this.addUnit(unit);
  }

  /** The target is at the portals of a group. */
  isAt(portalGroup: number): boolean {
    return this.#portalGroups === undefined || this.#portalGroups.includes(portalGroup);
  }

  /** The SCSI target port that a portal group is (RFC 7143 §4.4.1), always the same object. */
  portOf(portalGroup: number): TargetPort {
    const known = this.#ports.get(portalGroup);
    if (known !== undefined) return known;
    const port = {
      name: targetPortName(this.name, portalGroup),
      relativeId: portalGroup,
      groupId: portalGroup,
      device: this.name,
    };
    this.#ports.set(portalGroup, port);
    this.portGroups?.add(port, this.#alua.states?.[portalGroup], this.#alua.preferred?.includes(portalGroup));
    return port;
  }

  /** Relative identifiers of the target ports: of those that were named to us, and of those that were logged in to. */
  portNumbers(): readonly number[] {
    const groups = new Set(this.#portalGroups ?? [DEFAULT_PORTAL_GROUP]);
    for (const { relativeId } of this.#ports.values()) groups.add(relativeId);
    return [...groups];
  }

  /** What an initiator sees of the logical units. */
  mapOf(initiatorName: string): LunMap {
    return this.#maps.for(initiatorName);
  }

  /**
   * Adds a logical unit; open sessions learn of it by a unit attention.
   *
   * @throws {RangeError} for a number that is not from 0 to 16383 or is taken
   */
  addUnit(options: UnitOptions): this {
    const { lun, store, kind, blockSize, physicalBlockSize, lowestAlignedLba, readOnly, removable, thin } = options;
    const { memory, onFault } = options;
    if (!Number.isInteger(lun) || lun < 0 || lun > MAX_LUN) {
      throw new RangeError(`Cannot add LUN ${lun}: numbers go from 0 to ${MAX_LUN}`);
    }
    if (this.#units[lun] !== undefined) throw new RangeError(`Cannot add LUN ${lun}: it is there already`);
    this.#units[lun] = new LogicalUnit({
      store,
      identity: identityOf({ ...options, targetName: this.name }),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      ...(kind === undefined ? {} : { kind }),
      ...(blockSize === undefined ? {} : { blockSize }),
      ...(physicalBlockSize === undefined ? {} : { physicalBlockSize }),
      ...(lowestAlignedLba === undefined ? {} : { lowestAlignedLba }),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(removable === undefined ? {} : { removable }),
      ...(thin === undefined ? {} : { thin }),
      clock: Date.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      onAbort: () => this.onAbort?.(),
      onChange: (unit, nexus, sense) => this.#report(unit, nexus, sense),
      targetPorts: () => this.portNumbers(),
      ...(memory === undefined ? {} : { memory }),
      ...(this.portGroups === undefined ? {} : { portGroups: this.portGroups }),
      ...(onFault === undefined ? {} : { onFault }),
    });
    const added = this.#units[lun];
    for (const { nexus } of this.sessions) {
      const seen = unitsOf(nexus.luns);
      if (added === undefined || !seen.includes(added)) continue;
      for (const unit of seen) if (unit !== added) unit.lunsChanged(nexus);
    }
    return this;
  }

  at(lun: number): LogicalUnit | undefined {
    return this.#units[lun];
  }

  numbers(): readonly number[] {
    return Object.keys(this.#units).map(Number);
  }

  /** The store of a logical unit has another size now: initiators are told (SBC-4). */
  capacityChanged(lun: number): void {
    this.#units[lun]?.capacityChanged();
  }

  /** All logical units. */
  units(): LogicalUnit[] {
    return this.#units.filter((unit) => unit !== undefined);
  }

  #report(unit: LogicalUnit, nexus: Nexus, sense: Uint8Array): void {
    if (!this.#scsiEvents) return;
    const lun = nexus.luns.numbers().find((number) => nexus.luns.at(number) === unit);
    for (const session of this.sessions) {
      if (session.nexus === nexus && lun !== undefined) this.onChange?.(session, lun, sense);
    }
  }
}

/** The logical units of a map. */
export function unitsOf(luns: LunMap): LogicalUnit[] {
  return luns.numbers().map((number) => luns.at(number)).filter((unit) => unit !== undefined);
}
