/**
 * The reservations of a logical unit: persistent ones, which belong to ports and survive sessions, and the older kind of
 * RESERVE, which ends with its nexus. Tells each nexus in bits what it is denied.
 *
 * @module
 */

import { denial, reservationType } from "./conflicts.ts";
import type { Nexus } from "./nexus.ts";
import type { NexusState } from "./nexus_state.ts";
import {
  type Change,
  holds,
  type PersistentState,
  type Ports,
  registrationOf,
  same,
  unreserved,
} from "./registrations.ts";
import { fromNote, toNote } from "./reservation_notes.ts";
import { reservationConflict } from "./status.ts";
import type { MemoryValue, UnitMemory } from "./unit_memory.ts";

/** What reservations need of their logical unit. */
export interface ReservedUnit {
  /** Keeps registrations when initiators ask for it; without it they may not ask. */
  readonly memory: UnitMemory | undefined;
  /** The nexuses that are there, with what is remembered of each. */
  nexuses(): Iterable<readonly [Nexus, NexusState]>;
}

/** The field of the unit's memory. */
const memoryField = "reservations";

/** The reservations of one logical unit. */
export class Reservations {
  readonly #unit: ReservedUnit;
  #state: PersistentState;
  /** Holder of a RESERVE (SPC-2 §7.21). */
  #reserver: Nexus | undefined = undefined;
  /** What the memory holds, as text. */
  #kept: string;
  /** Settles when the memory has taken what it was given. */
  #saving: Promise<void> | undefined = undefined;

  /** Restores what the memory holds. Throws an error when that makes no sense: forgetting it could cost data. */
  constructor(unit: ReservedUnit) {
    const note = unit.memory?.read(memoryField);
    this.#unit = unit;
    this.#state = note === undefined ? unreserved : fromNote(note);
    this.#kept = textOf(note);
  }

  /** Registrations and persistent reservation as they are now. */
  get state(): PersistentState {
    return this.#state;
  }

  /** Registrations can survive a loss of power (PTPL_C). */
  get durable(): boolean {
    return this.#unit.memory !== undefined;
  }

  /** What a nexus is denied now, as bits of {@link denial}. */
  denied(nexus: Nexus): number {
    if (this.#reserver !== undefined) return this.#reserver === nexus ? denial.nothing : denial.everything;
    const { reservation } = this.#state;
    const type = reservation && reservationType(reservation.type);
    if (type === undefined) return denial.nothing;
    const ports = portsOf(nexus);
    const allowed = type.registrants ? registrationOf(this.#state, ports) !== undefined : holds(this.#state, ports);
    return allowed ? denial.nothing : type.denies;
  }

  /** Throws RESERVATION CONFLICT while there is a RESERVE: persistent reservations do not go with it (SPC-2 §5.5.1). */
  checkPersistent(): void {
    if (this.#reserver !== undefined) throw reservationConflict();
  }

  /**
   * Makes the change that `plan` finds necessary, when those before are done. With APTPL it takes effect when the memory
   * has it, and not at all when the memory fails.
   */
  apply(plan: (state: PersistentState) => Change): Change | Promise<Change> {
    if (this.#saving !== undefined) return this.#saving.then(() => this.apply(plan));
    const change = plan(this.#state);
    const note = toNote(change.state);
    return textOf(note) === this.#kept ? this.#adopt(change) : this.#save(change, note);
  }

  /** RESERVE (SPC-2 §7.21). Throws RESERVATION CONFLICT. */
  reserve(nexus: Nexus): void {
    if (this.#servesRegistrant(nexus)) return;
    if (this.#reserver !== undefined && this.#reserver !== nexus) throw reservationConflict();
    this.#reserver = nexus;
    this.#tellAll();
  }

  /** RELEASE (SPC-2 §7.16); it does nothing for those who have not reserved. Throws RESERVATION CONFLICT. */
  release(nexus: Nexus): void {
    if (!this.#servesRegistrant(nexus)) this.nexusLost(nexus);
  }

  /** A nexus is gone, and with it what it has reserved, but not what it has registered (SAM-5 §6.3.4). */
  nexusLost(nexus: Nexus): void {
    if (this.#reserver === nexus) this.reset();
  }

  /** Ends a RESERVE; nothing else ends by a reset (SPC-5 §5.14.1). */
  reset(): void {
    if (this.#reserver === undefined) return;
    this.#reserver = undefined;
    this.#tellAll();
  }

  /**
   * RESERVE and RELEASE of those who have all access by a persistent reservation are GOOD and do nothing; others are
   * refused while there are registrations (SPC-5, CRH).
   */
  #servesRegistrant(nexus: Nexus): boolean {
    const { registrations, reservation } = this.#state;
    if (registrations.length === 0) return false;
    if (reservation === undefined || this.denied(nexus) !== denial.nothing) throw reservationConflict();
    return true;
  }

  async #save(change: Change, note: MemoryValue | undefined): Promise<Change> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#saving = promise;
    try {
      await this.#unit.memory?.write(memoryField, note);
      this.#kept = textOf(note);
      return this.#adopt(change);
    } finally {
      this.#saving = undefined;
      resolve();
    }
  }

  #adopt(change: Change): Change {
    this.#state = change.state;
    this.#tellAll();
    for (const { to, code } of change.notices) {
      for (const [nexus, state] of this.#unit.nexuses()) if (same(portsOf(nexus), to)) state.attentions.raise(code);
    }
    return change;
  }

  #tellAll(): void {
    for (const [nexus, state] of this.#unit.nexuses()) state.denied = this.denied(nexus);
  }
}

/** The ports of a nexus. */
export function portsOf({ initiatorPort, targetPort }: Nexus): Ports {
  return { initiatorPort: initiatorPort.toLowerCase(), targetPort: targetPort.relativeId };
}

function textOf(note: MemoryValue | undefined): string {
  return note === undefined ? "" : JSON.stringify(note);
}
