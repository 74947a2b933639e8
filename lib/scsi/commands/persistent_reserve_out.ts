/**
 * PERSISTENT RESERVE OUT. REPLACE LOST RESERVATION is not served: nothing is ever lost without a word (RLR_C is zero).
 *
 * @module
 */

import { encodeHex } from "../../bytes/encoding.ts";
import { bytes, flag, layout, u16, u32, u8 } from "../../bytes/layout.ts";
import { type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import {
  type Change,
  clear,
  type MoveRequest,
  type PersistentState,
  type Ports,
  preempt,
  register,
  registerAndMove,
  release,
  reserve,
  type ReserveRequest,
  wrongParameter,
} from "../registrations.ts";
import { portsOf } from "../reservations.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";
import { abortTasksOf } from "../task_management.ts";
import { decodeTransportId, namesPort, type TransportId } from "../transport_id.ts";

const reserveOutCdb = layout("SPC-5 §6.17.1", 10, { scopeAndType: u8(2), parameterListLength: u32(5) });

/** The basic parameter list. */
export const reserveOutParameters = layout("SPC-5 §6.17.3", 24, {
  key: bytes(0, 8),
  newKey: bytes(8, 8),
  specifyInitiatorPorts: flag(20, 3),
  allTargetPorts: flag(20, 2),
  aptpl: flag(20, 0),
});

/** What follows the basic parameter list with SPEC_I_PT: TransportIDs. */
const initiatorPorts = layout("SPC-5 §6.17.3", 4, { length: u32(0) });

/** The parameter list of REGISTER AND MOVE; a TransportID follows. */
export const moveParameters = layout("SPC-5 §6.17.4", 24, {
  key: bytes(0, 8),
  newKey: bytes(8, 8),
  unregister: flag(17, 1),
  aptpl: flag(17, 0),
  targetPort: u16(18),
  transportIdLength: u32(20),
});

/** Bytes of a parameter list that we take: some 250 TransportIDs. */
const longestList = 0x1_0000;
/** Registrations that a logical unit has room for. */
const mostRegistrations = 4096;

/** What tells one service action from another. */
interface Action {
  /** Finds out what follows; throws what is to be answered. */
  readonly change: (state: PersistentState, request: ReserveRequest) => Change;
  readonly ignoreKey?: boolean;
  /** It registers: APTPL and ALL_TG_PT count. */
  readonly registers?: boolean;
  /** SPEC_I_PT counts, and is not refused. */
  readonly specifiesPorts?: boolean;
  /** The commands of those who are preempted end. */
  readonly aborts?: boolean;
}

/** The service actions of PERSISTENT RESERVE OUT. */
export const persistentReserveOutCommands: readonly Command[] = [
  row("00", "REGISTER", { change: register, registers: true, specifiesPorts: true }),
  row("01", "RESERVE", { change: reserve }),
  row("02", "RELEASE", { change: release }),
  row("03", "CLEAR", { change: clear }),
  row("04", "PREEMPT", { change: preempt }),
  row("05", "PREEMPT AND ABORT", { change: preempt, aborts: true }),
  row("06", "REGISTER AND IGNORE EXISTING KEY", { change: register, registers: true, ignoreKey: true }),
  rowOf("07", "REGISTER AND MOVE", (task, unit) => {
    const request = readMove(task, unit);
    return settled(unit.reservations.apply((state) => limited(registerAndMove(state, request))));
  }),
];

function row(action: string, name: string, columns: Action): Command {
  return rowOf(action, name, (task, unit) => {
    const request = readRequest(task, unit, columns);
    const changing = unit.reservations.apply((state) => {
      checkOthers(state, request);
      return limited(columns.change(state, request));
    });
    return columns.aborts ? abortPreempted(unit, changing) : settled(changing);
  });
}

function rowOf(
  action: string,
  name: string,
  run: (task: ScsiTask, unit: LogicalUnit) => void | Promise<void>,
): Command {
  return command({
    name: `PERSISTENT RESERVE OUT - ${name}`,
    spec: "SPC-5 §6.17.2",
    usage: `5f ${action} ff 00 00 ff ff ff ff 00`,
    hasServiceAction: true,
    data: "gather",
    access: "own",
    plan(task, unit) {
      unit.reservations.checkPersistent();
      const length = reserveOutCdb.parameterListLength.get(task.cdb);
      if (length < reserveOutParameters.size || length > longestList) throw wrongLength();
      task.transferLength = length;
    },
    run,
  });
}

function settled(changing: Change | Promise<Change>): void | Promise<void> {
  if (changing instanceof Promise) return changing.then(() => {});
}

/** SPC-5 §5.14.11.5. */
async function abortPreempted(unit: LogicalUnit, changing: Change | Promise<Change>): Promise<void> {
  const { preempted } = await changing;
  const ports = preempted.map(nameOf);
  await abortTasksOf(unit, (nexus) => ports.includes(nameOf(portsOf(nexus))));
}

function readRequest({ cdb, data, nexus }: ScsiTask, unit: LogicalUnit, action: Action): ReserveRequest {
  const { key, newKey, specifyInitiatorPorts, allTargetPorts, aptpl } = reserveOutParameters.decode(data);
  if (specifyInitiatorPorts && !action.specifiesPorts) throw wrongParameter(20, 3);
  if (!specifyInitiatorPorts && data.length !== reserveOutParameters.size) throw wrongLength();
  if (action.registers && aptpl && !unit.reservations.durable) throw wrongParameter(20, 0);
  const from = portsOf(nexus);
  const initiators = specifyInitiatorPorts ? readInitiatorPorts(data, unit) : [];
  const targets = action.registers && allTargetPorts ? unit.targetPorts : [];
  return {
    from,
    key: encodeHex(key),
    newKey: encodeHex(newKey),
    scopeAndType: reserveOutCdb.scopeAndType.get(cdb),
    aptpl,
    others: everyPair(from, initiators, targets),
    ignoreKey: action.ignoreKey ?? false,
  };
}

/** All initiator ports with all target ports, but for the nexus itself. */
function everyPair(from: Ports, initiators: readonly string[], targets: readonly number[]): Ports[] {
  const pairs = new Map<string, Ports>();
  for (const initiatorPort of [from.initiatorPort, ...initiators]) {
    for (const targetPort of [from.targetPort, ...targets]) {
      pairs.set(nameOf({ initiatorPort, targetPort }), { initiatorPort, targetPort });
    }
  }
  pairs.delete(nameOf(from));
  return [...pairs.values()];
}

/** The initiator ports that SPEC_I_PT names; a device name stands for all of its ports that we know. */
function readInitiatorPorts(data: Uint8Array, unit: LogicalUnit): string[] {
  const begin = reserveOutParameters.size + initiatorPorts.size;
  if (data.length < begin) throw wrongLength();
  if (initiatorPorts.length.get(data, reserveOutParameters.size) !== data.length - begin) throw wrongLength();
  const ports: string[] = [];
  for (let at = begin; at < data.length;) {
    const id = decodeTransportId(data, at);
    if (id === undefined) throw wrongParameter(at);
    if (id.wholeDevice) ports.push(...portsOfDevice(id, unit));
    else ports.push(id.name);
    at += id.size;
  }
  return ports;
}

function portsOfDevice(id: TransportId, unit: LogicalUnit): string[] {
  const known = Array.from(unit.nexuses(), ([nexus]) => portsOf(nexus).initiatorPort);
  return known.filter((port) => namesPort(id, port));
}

/** With SPEC_I_PT a nexus that is registered already changes nothing, not even itself (SPC-5 §5.14.7). */
function checkOthers(state: PersistentState, { from, others = [], ignoreKey }: ReserveRequest): void {
  const known = state.registrations.some((one) => nameOf(one) === nameOf(from));
  const foreign = others.some(({ initiatorPort }) => initiatorPort !== from.initiatorPort);
  if (known && foreign && !ignoreKey) throw wrongParameter(20, 3);
}

function readMove({ cdb, data, nexus }: ScsiTask, unit: LogicalUnit): MoveRequest {
  const { key, newKey, unregister, aptpl, targetPort, transportIdLength } = moveParameters.decode(data);
  if (transportIdLength !== data.length - moveParameters.size) throw wrongLength();
  if (aptpl && !unit.reservations.durable) throw wrongParameter(17, 0);
  const from = portsOf(nexus);
  if (targetPort !== from.targetPort && !unit.targetPorts.includes(targetPort)) throw wrongParameter(18);
  const id = decodeTransportId(data, moveParameters.size);
  if (id === undefined || id.wholeDevice || id.size !== transportIdLength) throw wrongParameter(moveParameters.size);
  return {
    from,
    key: encodeHex(key),
    newKey: encodeHex(newKey),
    scopeAndType: reserveOutCdb.scopeAndType.get(cdb),
    aptpl,
    to: { initiatorPort: id.name, targetPort },
    unregister,
  };
}

function limited(change: Change): Change {
  if (change.state.registrations.length <= mostRegistrations) return change;
  throw new ScsiError(sense.insufficientRegistrationResources);
}

function wrongLength(): ScsiError {
  return new ScsiError(sense.parameterListLengthError);
}

function nameOf({ initiatorPort, targetPort }: Ports): string {
  return `${targetPort} ${initiatorPort}`;
}
