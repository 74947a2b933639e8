/**
 * Persistent reservations as they are kept through a loss of power.
 *
 * @module
 */

import { reservationType } from "./conflicts.ts";
import { noKey, type PersistentState, type Ports, type Registration, same } from "./registrations.ts";
import type { MemoryValue } from "./unit_memory.ts";

/** What is to be kept of a state: nothing unless its registrations are to survive (APTPL). */
export function toNote({ aptpl, registrations, reservation }: PersistentState): MemoryValue | undefined {
  if (!aptpl) return undefined;
  return {
    registrations: registrations.map(({ key, initiatorPort, targetPort }) => ({ key, initiatorPort, targetPort })),
    reservation: reservation === undefined
      ? null
      : { type: reservation.type, holder: reservation.holder === undefined ? null : toPorts(reservation.holder) },
  };
}

/** The state that was kept. Throws an error when it cannot be one. */
export function fromNote(note: MemoryValue): PersistentState {
  const { registrations, reservation } = fields(note);
  if (!Array.isArray(registrations)) throw unusable("there is no list of registrations");
  const state = { generation: 0, aptpl: true, registrations: registrations.map(readRegistration) };
  if (reservation === null) return state;
  const { type, holder } = fields(reservation);
  const row = typeof type === "number" ? reservationType(type) : undefined;
  if (row === undefined) throw unusable("the reservation has no type");
  if (row.allHold) return { ...state, reservation: { type: row.code } };
  const ports = readPorts(holder);
  if (!state.registrations.some((one) => same(one, ports))) throw unusable("the holder is not registered");
  return { ...state, reservation: { type: row.code, holder: ports } };
}

function toPorts({ initiatorPort, targetPort }: Ports): { initiatorPort: string; targetPort: number } {
  return { initiatorPort, targetPort };
}

function readRegistration(note: MemoryValue): Registration {
  const { key } = fields(note);
  if (typeof key !== "string" || !/^[0-9a-f]{16}$/.test(key) || key === noKey) throw unusable("a key is none");
  return { ...readPorts(note), key };
}

function readPorts(note: MemoryValue | undefined): Ports {
  const { initiatorPort, targetPort } = fields(note);
  if (typeof initiatorPort !== "string" || typeof targetPort !== "number") throw unusable("a port has no name");
  return { initiatorPort, targetPort };
}

function fields(note: MemoryValue | undefined): Readonly<Record<string, MemoryValue | undefined>> {
  if (typeof note === "object" && note !== null && !Array.isArray(note)) {
    return note as Readonly<Record<string, MemoryValue>>;
  }
  throw unusable("it is not what we write");
}

function unusable(state: string): TypeError {
  return new TypeError(
    `Cannot restore the reservations: ${state}; correct or remove "reservations" in the disk's notes`,
  );
}
