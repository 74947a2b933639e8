/**
 * Persistent reservations as values: what is registered and reserved, and how the service actions of PERSISTENT RESERVE
 * OUT change that. Nothing here acts: each function looks at a state and tells the next one, and who has to hear of it.
 *
 * @module
 */

import { reservationType } from "./conflicts.ts";
import type {
  Change,
  MoveRequest,
  Notice,
  PersistentState,
  Ports,
  Registration,
  Reservation,
  ReserveRequest,
} from "./persistent_state.ts";
import { sense, type SenseCode } from "./sense.ts";
import { ScsiError } from "./sense_data.ts";
import { reservationConflict } from "./status.ts";

export type * from "./persistent_state.ts";

/** The key that registers nothing. */
export const noKey = "0000000000000000";

/** The state of a logical unit that nobody has registered with. */
export const unreserved: PersistentState = { generation: 0, aptpl: false, registrations: [] };

/** The registration of a nexus. */
export function registrationOf(state: PersistentState, ports: Ports): Registration | undefined {
  return state.registrations.find((one) => same(one, ports));
}

/** Whether a nexus holds the reservation. */
export function holds({ reservation, registrations }: PersistentState, ports: Ports): boolean {
  if (reservation === undefined) return false;
  if (reservation.holder !== undefined) return same(reservation.holder, ports);
  return registrations.some((one) => same(one, ports));
}

/** REGISTER, and REGISTER AND IGNORE EXISTING KEY (SPC-5 §5.14.7). Throws when the key is not the registered one. */
export function register(state: PersistentState, request: ReserveRequest): Change {
  const { from, key, newKey, others = [], ignoreKey = false } = request;
  const own = registrationOf(state, from);
  if (!ignoreKey && (own?.key ?? noKey) !== key) throw reservationConflict();
  const next = { ...state, aptpl: request.aptpl, generation: nextGeneration(state) };
  const meant = [from, ...others];
  if (newKey === noKey) {
    // One that is registered under another key was not meant: it would have been refused had it asked itself.
    const gone = meant.filter((ports) => ignoreKey || registrationOf(state, ports)?.key === key);
    return withdraw(next, gone, from);
  }
  let registrations = state.registrations;
  for (const ports of meant) {
    const known = registrationOf(state, ports);
    if (known !== undefined && !ignoreKey && known.key !== key) continue;
    registrations = put(registrations, { ...onlyPorts(ports), key: newKey });
  }
  return quiet({ ...next, registrations });
}

/** RESERVE (SPC-5 §5.14.10). */
export function reserve(state: PersistentState, request: ReserveRequest): Change {
  checkRegistered(state, request);
  const type = typeOf(request);
  if (state.reservation === undefined) return quiet({ ...state, reservation: reservationBy(request.from, type) });
  if (!holds(state, request.from) || state.reservation.type !== type) throw reservationConflict();
  return quiet(state);
}

/** RELEASE (SPC-5 §5.14.11.2). */
export function release(state: PersistentState, request: ReserveRequest): Change {
  checkRegistered(state, request);
  const { reservation } = state;
  if (reservation === undefined || !holds(state, request.from)) return quiet(state);
  if (reservation.type !== typeOf(request)) throw new ScsiError(sense.invalidReleaseOfPersistentReservation);
  const shared = reservationType(reservation.type)?.registrants ?? false;
  const losers = shared ? state.registrations.filter((one) => !same(one, request.from)) : [];
  return {
    state: { ...state, reservation: undefined },
    notices: tell(losers, sense.reservationsReleased),
    preempted: [],
  };
}

/** CLEAR (SPC-5 §5.14.11.6). */
export function clear(state: PersistentState, request: ReserveRequest): Change {
  checkRegistered(state, request);
  const losers = state.registrations.filter((one) => !same(one, request.from));
  return {
    state: { generation: nextGeneration(state), aptpl: state.aptpl, registrations: [] },
    notices: tell(losers, sense.reservationsPreempted),
    preempted: [],
  };
}

/** PREEMPT, and what PREEMPT AND ABORT does before it aborts (SPC-5 §5.14.11.4). */
export function preempt(state: PersistentState, request: ReserveRequest): Change {
  checkRegistered(state, request);
  const { newKey, from } = request;
  const { reservation } = state;
  const next = { ...state, generation: nextGeneration(state) };
  const holder = reservation?.holder && registrationOf(state, reservation.holder);
  const allHold = reservation !== undefined && holder === undefined;
  if (newKey === noKey && !allHold) throw wrongParameter(8);
  if (reservation !== undefined && newKey === (allHold ? noKey : holder?.key)) {
    const type = typeOf(request);
    const gone = state.registrations.filter((one) => !same(one, from) && (allHold || one.key === newKey));
    const kept = without(state.registrations, gone);
    const others = type === reservation.type ? [] : kept.filter((one) => !same(one, from));
    return {
      state: { ...next, registrations: kept, reservation: reservationBy(from, type) },
      notices: [...tell(gone, sense.registrationsPreempted), ...tell(others, sense.reservationsReleased)],
      preempted: gone,
    };
  }
  const gone = state.registrations.filter((one) => one.key === newKey);
  if (gone.length === 0) throw reservationConflict();
  const change = withdraw(next, gone, from);
  const losers = gone.filter((one) => !same(one, from));
  return {
    state: change.state,
    notices: [...tell(losers, sense.registrationsPreempted), ...change.notices],
    preempted: losers,
  };
}

/** REGISTER AND MOVE (SPC-5 §5.14.8). */
export function registerAndMove(state: PersistentState, request: MoveRequest): Change {
  checkRegistered(state, request);
  const { from, to, newKey, aptpl, unregister } = request;
  const { reservation } = state;
  if (reservation === undefined) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 4 } });
  if (reservation.holder === undefined) throw reservationConflict();
  if (!same(reservation.holder, from)) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 4 } });
  if (newKey === noKey) throw wrongParameter(8);
  if (same(to, from)) throw wrongParameter(24);
  const kept = unregister ? without(state.registrations, [from]) : state.registrations;
  const registrations = put(kept, { ...onlyPorts(to), key: newKey });
  const moved = reservationBy(to, reservation.type);
  return quiet({ generation: nextGeneration(state), aptpl, registrations, reservation: moved });
}

/** Two ports are those of the same nexus. */
export function same(a: Ports, b: Ports): boolean {
  return a.targetPort === b.targetPort && a.initiatorPort === b.initiatorPort;
}

/** The error of a parameter list whose field at `byte` is wrong. */
export function wrongParameter(byte: number, bit?: number): ScsiError {
  const pointer = bit === undefined ? { byte, inData: true } : { byte, bit, inData: true };
  return new ScsiError(sense.invalidFieldInParameterList, { pointer });
}

function checkRegistered(state: PersistentState, { from, key }: ReserveRequest): void {
  if (registrationOf(state, from)?.key !== key) throw reservationConflict();
}

/** Takes registrations away; a reservation goes with its holder (SPC-5 §5.14.11.3). */
function withdraw(state: PersistentState, gone: readonly Ports[], from: Ports): Change {
  const registrations = without(state.registrations, gone);
  const { reservation } = state;
  const ended = reservation?.holder === undefined
    ? registrations.length === 0
    : gone.some((one) => reservation.holder !== undefined && same(one, reservation.holder));
  if (reservation === undefined || !ended) return quiet({ ...state, registrations });
  const shared = reservationType(reservation.type)?.registrants ?? false;
  const losers = shared ? registrations.filter((one) => !same(one, from)) : [];
  return {
    state: { ...state, registrations, reservation: undefined },
    notices: tell(losers, sense.reservationsReleased),
    preempted: [],
  };
}

/** The reservation type that a CDB asks for; its scope can only be the logical unit (SPC-5 §6.17.3.3). */
function typeOf({ scopeAndType }: ReserveRequest): number {
  if (scopeAndType >> 4 !== 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2, bit: 7 } });
  const type = reservationType(scopeAndType & 0x0f);
  if (type === undefined) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2, bit: 3 } });
  return type.code;
}

function reservationBy(holder: Ports, type: number): Reservation {
  return reservationType(type)?.allHold ? { type } : { type, holder: onlyPorts(holder) };
}

function onlyPorts({ initiatorPort, targetPort }: Ports): Ports {
  return { initiatorPort, targetPort };
}

function put(registrations: readonly Registration[], registration: Registration): Registration[] {
  const at = registrations.findIndex((one) => same(one, registration));
  return at < 0 ? [...registrations, registration] : registrations.with(at, registration);
}

function without(registrations: readonly Registration[], gone: readonly Ports[]): Registration[] {
  return registrations.filter((one) => !gone.some((ports) => same(ports, one)));
}

function tell(losers: readonly Ports[], code: SenseCode): Notice[] {
  return losers.map((to) => ({ to, code }));
}

function quiet(state: PersistentState): Change {
  return { state, notices: [], preempted: [] };
}

function nextGeneration({ generation }: PersistentState): number {
  return (generation + 1) >>> 0;
}
