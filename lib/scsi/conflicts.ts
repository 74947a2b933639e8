/**
 * Who is kept from what by a reservation, as tables: the types of persistent reservations with what they deny, and what a
 * command must not be denied to run. A nexus has its denials ready as bits, so that a command costs one bit test.
 *
 * @module
 */

/** What a reservation can deny to a nexus, as bits. */
export const denial = { nothing: 0, writes: 1, reads: 2, everything: 7 } as const;

/**
 * What a command does to the medium or the unit, for reservations (SPC-5 §5.14.1, SBC-4 §4.17): `free` commands run
 * whoever holds one, `shared` ones run under any persistent reservation, but not under another's RESERVE (SPC-2 §5.5.1),
 * `read` ones conflict with exclusive access, `write` ones with every reservation of another, and `own` ones look for
 * themselves.
 */
export type Access = "free" | "shared" | "read" | "write" | "own";

/** The bit among a nexus' denials that stands in the way of a command, by its access. */
export const accessBits: Readonly<Record<Access, number>> = { free: 0, own: 0, write: 1, read: 2, shared: 4 };

/** A type of persistent reservation (SPC-5 §6.17.3.4). */
export interface ReservationType {
  /** TYPE, 1 to 8. */
  readonly code: number;
  readonly name: string;
  /** What those are denied who may not share it. */
  readonly denies: number;
  /** Every registered nexus may do what the holder may. */
  readonly registrants: boolean;
  /** Every registered nexus is a holder. */
  readonly allHold: boolean;
  /** Place in the PERSISTENT RESERVATION TYPE MASK (SPC-5 §6.17.4). */
  readonly mask: number;
}

/** All types that there are, and all are served. */
export const reservationTypes: readonly ReservationType[] = [
  row(1, "Write Exclusive", denial.writes, "alone", 0x0200),
  row(3, "Exclusive Access", denial.writes | denial.reads, "alone", 0x0800),
  row(5, "Write Exclusive - Registrants Only", denial.writes, "registrants", 0x2000),
  row(6, "Exclusive Access - Registrants Only", denial.writes | denial.reads, "registrants", 0x4000),
  row(7, "Write Exclusive - All Registrants", denial.writes, "all hold", 0x8000),
  row(8, "Exclusive Access - All Registrants", denial.writes | denial.reads, "all hold", 0x0001),
];

/** The type with a code, or `undefined` when there is none. */
export function reservationType(code: number): ReservationType | undefined {
  return reservationTypes.find((type) => type.code === code);
}

/** PERSISTENT RESERVATION TYPE MASK of all types, two bytes. */
export const typeMask: number = reservationTypes.reduce((mask, type) => mask | type.mask, 0);

type Sharing = "alone" | "registrants" | "all hold";

function row(code: number, name: string, denies: number, sharing: Sharing, mask: number): ReservationType {
  return { code, name, denies, registrants: sharing !== "alone", allHold: sharing === "all hold", mask };
}
