/**
 * PERSISTENT RESERVE IN.
 *
 * @module
 */

import { bits, bytes, flag, layout, u16, u32 } from "../../bytes/layout.ts";
import { decodeHex } from "../../bytes/encoding.ts";
import { answer, type Command, command } from "../command.ts";
import { typeMask } from "../conflicts.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { holds, noKey, type PersistentState, registrationOf } from "../registrations.ts";
import { encodeTransportId } from "../transport_id.ts";

const reserveInCdb = layout("SPC-5 §6.16.1", 10, { allocationLength: u16(7) });

/** The header of READ KEYS, READ RESERVATION and READ FULL STATUS. */
const header = layout("SPC-5 §6.16.2", 8, { generation: u32(0), length: u32(4) });

const reservationDescriptor = layout("SPC-5 §6.16.3.2", 16, {
  key: bytes(0, 8),
  scope: bits(13, 7, 4),
  type: bits(13, 3, 0),
});

const capabilities = layout("SPC-5 §6.16.4", 8, {
  length: u16(0),
  replaceLostReservation: flag(2, 7),
  compatibleReservationHandling: flag(2, 4),
  specifyInitiatorPorts: flag(2, 3),
  allTargetPorts: flag(2, 2),
  persistThroughPowerLoss: flag(2, 0),
  typeMaskValid: flag(3, 7),
  persistThroughPowerLossActivated: flag(3, 0),
  typeMask: u16(4),
});

const fullStatus = layout("SPC-5 §6.16.5", 24, {
  key: bytes(0, 8),
  allTargetPorts: flag(12, 1),
  holder: flag(12, 0),
  scope: bits(13, 7, 4),
  type: bits(13, 3, 0),
  targetPort: u16(18),
  length: u32(20),
});

/** The service actions of PERSISTENT RESERVE IN. */
export const persistentReserveInCommands: readonly Command[] = [
  row("00", "PERSISTENT RESERVE IN - READ KEYS", "SPC-5 §6.16.2", ({ reservations: { state } }) => readKeys(state)),
  row(
    "01",
    "PERSISTENT RESERVE IN - READ RESERVATION",
    "SPC-5 §6.16.3",
    ({ reservations: { state } }) => readReservation(state),
  ),
  row("02", "PERSISTENT RESERVE IN - REPORT CAPABILITIES", "SPC-5 §6.16.4", reportCapabilities),
  row(
    "03",
    "PERSISTENT RESERVE IN - READ FULL STATUS",
    "SPC-5 §6.16.5",
    ({ reservations: { state } }) => readFullStatus(state),
  ),
];

function row(action: string, name: string, spec: string, read: (unit: LogicalUnit) => Uint8Array): Command {
  return command({
    name,
    spec,
    usage: `5e ${action} 00 00 00 00 00 ff ff 00`,
    hasServiceAction: true,
    data: "in",
    access: "own",
    plan: (_, { reservations }) => reservations.checkPersistent(),
    run: (task, unit) => answer(task, read(unit), reserveInCdb.allocationLength.get(task.cdb)),
  });
}

function readKeys(state: PersistentState): Uint8Array {
  return withHeader(state, state.registrations.map(({ key }) => keyBytes(key)));
}

function readReservation(state: PersistentState): Uint8Array {
  const { reservation } = state;
  if (reservation === undefined) return withHeader(state, []);
  const { type, holder } = reservation;
  const key = holder === undefined ? noKey : registrationOf(state, holder)?.key ?? noKey;
  return withHeader(state, [reservationDescriptor.encode({ key: keyBytes(key), type })]);
}

/** ALLOW COMMANDS is zero: it says nothing of what runs under a reservation. */
function reportCapabilities({ reservations }: LogicalUnit): Uint8Array {
  return capabilities.encode({
    length: capabilities.size,
    compatibleReservationHandling: true,
    specifyInitiatorPorts: true,
    allTargetPorts: true,
    persistThroughPowerLoss: reservations.durable,
    typeMaskValid: true,
    persistThroughPowerLossActivated: reservations.state.aptpl,
    typeMask,
  });
}

function readFullStatus(state: PersistentState): Uint8Array {
  return withHeader(
    state,
    state.registrations.map((one) => {
      const transportId = encodeTransportId(one.initiatorPort);
      const data = new Uint8Array(fullStatus.size + transportId.length);
      const holder = holds(state, one);
      fullStatus.encode({
        key: keyBytes(one.key),
        holder,
        type: holder ? state.reservation?.type ?? 0 : 0,
        targetPort: one.targetPort,
        length: transportId.length,
      }, data);
      data.set(transportId, fullStatus.size);
      return data;
    }),
  );
}

function withHeader({ generation }: PersistentState, descriptors: readonly Uint8Array[]): Uint8Array {
  const length = descriptors.reduce((sum, { length }) => sum + length, 0);
  const data = new Uint8Array(header.size + length);
  header.encode({ generation, length }, data);
  let at = header.size;
  for (const descriptor of descriptors) {
    data.set(descriptor, at);
    at += descriptor.length;
  }
  return data;
}

function keyBytes(key: string): Uint8Array {
  return decodeHex(key) ?? new Uint8Array(8);
}
