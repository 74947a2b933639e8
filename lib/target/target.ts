/**
 * A target: its name, who may come in, its logical units and the sessions that are open to it.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { assertIscsiName, normalizeIscsiName, targetPortName } from "../iscsi/names.ts";
import type { Session } from "../iscsi/session.ts";
import { LogicalUnit, type UnitMemory } from "../scsi/logical_unit.ts";
import type { LunMap, TargetPort } from "../scsi/nexus.ts";
import type { BlockStore } from "../store/store.ts";
import { AccessList } from "./access.ts";
import { identityOf } from "./identity.ts";

/** A logical unit of a target. */
export interface UnitOptions {
  /** 0 to 16383; some initiators want a LUN 0. */
  readonly lun: number;
  readonly store: BlockStore;
  /** Bytes of a logical block, 512 by default. */
  readonly blockSize?: number;
  readonly readOnly?: boolean;
  readonly removable?: boolean;
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

/** A target. */
export interface TargetOptions {
  /** An iSCSI name (RFC 7143 §4.2.7). */
  readonly name: string;
  /** For people to read (RFC 7143 §13.6). */
  readonly alias?: string;
  /** Patterns of initiator names that may log in, with `*` and `?`; absent for everyone. */
  readonly allow?: readonly string[];
  readonly luns?: readonly UnitOptions[];
  /** Commands in flight in a session, 128 by default. */
  readonly queueDepth?: number;
}

/** The one portal group that a target has (RFC 7143 §4.1). */
export const PORTAL_GROUP_TAG = 1;

/** Highest logical unit number (SAM-6 §4.7). */
const MAX_LUN = 16383;

/** A target that can be logged in to. */
export class Target implements LunMap {
  /** In the form that compares equal. */
  readonly name: string;
  readonly alias: string | undefined;
  readonly access: AccessList;
  readonly queueDepth: number;
  readonly port: TargetPort;
  readonly sessions: Set<Session> = new Set();
  readonly #units: (LogicalUnit | undefined)[] = [];

  /** Throws an error for a name that is none, or a unit that cannot be served. */
  constructor(options: TargetOptions) {
    assertIscsiName(options.name);
    this.name = normalizeIscsiName(options.name);
    this.alias = options.alias;
    this.access = new AccessList(options.allow);
    this.queueDepth = options.queueDepth ?? 128;
    this.port = {
      name: targetPortName(this.name, PORTAL_GROUP_TAG),
      relativeId: 1,
      groupId: PORTAL_GROUP_TAG,
      device: this.name,
    };
    for (const unit of options.luns ?? []) this.addUnit(unit);
  }

  /**
   * Adds a logical unit; open sessions learn of it by a unit attention.
   *
   * @throws {RangeError} for a number that is not from 0 to 16383 or is taken
   */
  addUnit(options: UnitOptions): this {
    const { lun, store, blockSize, readOnly, removable, memory, onFault } = options;
    if (!Number.isInteger(lun) || lun < 0 || lun > MAX_LUN) {
      throw new RangeError(`Cannot add LUN ${lun}: numbers go from 0 to ${MAX_LUN}`);
    }
    if (this.#units[lun] !== undefined) throw new RangeError(`Cannot add LUN ${lun}: it is there already`);
    this.#units[lun] = new LogicalUnit({
      store,
      identity: identityOf({ ...options, targetName: this.name }),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      ...(blockSize === undefined ? {} : { blockSize }),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(removable === undefined ? {} : { removable }),
      clock: Date.now,
      ...(memory === undefined ? {} : { memory }),
      ...(onFault === undefined ? {} : { onFault }),
    });
    for (const session of this.sessions) {
      for (const number of this.numbers()) if (number !== lun) this.at(number)?.lunsChanged(session.nexus);
    }
    return this;
  }

  at(lun: number): LogicalUnit | undefined {
    return this.#units[lun];
  }

  numbers(): readonly number[] {
    return Object.keys(this.#units).map(Number);
  }

  /** All logical units. */
  units(): LogicalUnit[] {
    return this.#units.filter((unit) => unit !== undefined);
  }
}
