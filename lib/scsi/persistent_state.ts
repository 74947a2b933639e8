/**
 * What there is to know of persistent reservations, and of requests to change them.
 *
 * @module
 */

import type { SenseCode } from "./sense.ts";

/** The two ports of an I_T nexus, by which it is known also while there is no session. */
export interface Ports {
  /** SCSI initiator port name, in small letters. */
  readonly initiatorPort: string;
  /** RELATIVE TARGET PORT IDENTIFIER, 1 to 65535. */
  readonly targetPort: number;
}

/** A registered I_T nexus (SPC-5 §5.14.7). */
export interface Registration extends Ports {
  /** RESERVATION KEY, 16 hexadecimal digits. */
  readonly key: string;
}

/** A persistent reservation (SPC-5 §5.14.10). */
export interface Reservation {
  /** TYPE. */
  readonly type: number;
  /** Who holds it; absent when all who are registered do. */
  readonly holder?: Ports;
}

/** All that there is to know of the persistent reservations of a logical unit. */
export interface PersistentState {
  /** PRGENERATION, four bytes. */
  readonly generation: number;
  /** Registrations and reservation survive a loss of power (APTPL). */
  readonly aptpl: boolean;
  readonly registrations: readonly Registration[];
  readonly reservation?: Reservation | undefined;
}

/** What a PERSISTENT RESERVE OUT command asks for. */
export interface ReserveRequest {
  /** The nexus that asks. */
  readonly from: Ports;
  /** RESERVATION KEY, 16 hexadecimal digits. */
  readonly key: string;
  /** SERVICE ACTION RESERVATION KEY, 16 hexadecimal digits. */
  readonly newKey: string;
  /** SCOPE and TYPE, as in the CDB. */
  readonly scopeAndType: number;
  readonly aptpl: boolean;
  /** What is to be registered too (SPEC_I_PT, ALL_TG_PT). */
  readonly others?: readonly Ports[];
  /** The key that the nexus has registered does not matter. */
  readonly ignoreKey?: boolean;
}

/** A request to give the reservation to another nexus. */
export interface MoveRequest extends ReserveRequest {
  readonly to: Ports;
  /** The nexus that asks is registered no longer (UNREG). */
  readonly unregister: boolean;
}

/** What follows from a request. */
export interface Change {
  readonly state: PersistentState;
  /** Unit attentions; none is for the nexus that asked. */
  readonly notices: readonly Notice[];
  /** Nexuses whose registration another one has removed: PREEMPT AND ABORT ends their commands. */
  readonly preempted: readonly Ports[];
}

/** A unit attention for a nexus. */
export interface Notice {
  readonly to: Ports;
  readonly code: SenseCode;
}
