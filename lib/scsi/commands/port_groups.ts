/**
 * REPORT TARGET PORT GROUPS and SET TARGET PORT GROUPS.
 *
 * @module
 */

import { bits, flag, layout, u16, u32, u8 } from "../../bytes/layout.ts";
import { answer, type Command, command } from "../command.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { type AccessState, accessState, type PortGroup, type PortGroups, stateChange } from "../port_groups.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import { portGroupsCdb } from "../state_cdbs.ts";
import type { ScsiTask } from "../task.ts";

/** RETURN DATA FORMAT (SPC-5 §6.36). */
const format = { lengthOnly: 0, extended: 1 } as const;

const shortHeader = layout("SPC-5 §6.36", 4, { length: u32(0) });
const extendedHeader = layout("SPC-5 §6.36", 8, { length: u32(0), format: bits(4, 6, 4), implicitSeconds: u8(5) });

/** A target port group as it is reported. */
export const groupDescriptor = layout("SPC-5 §6.36", 8, {
  preferred: flag(0, 7),
  state: bits(0, 3, 0),
  transitioningSupported: flag(1, 7),
  offlineSupported: flag(1, 6),
  unavailableSupported: flag(1, 3),
  standbySupported: flag(1, 2),
  nonOptimizedSupported: flag(1, 1),
  optimizedSupported: flag(1, 0),
  group: u16(2),
  status: u8(5),
  ports: u8(7),
});

const portDescriptor = layout("SPC-5 §6.36", 4, { relativeId: u16(2) });

const setHeaderSize = 4;
const setDescriptor = layout("SPC-5", 4, { state: bits(0, 3, 0), group: u16(2) });

/** States that initiators may ask for; a transition is over at once. */
const settable: Readonly<Record<number, AccessState>> = {
  [accessState.optimized]: "optimized",
  [accessState.nonOptimized]: "nonOptimized",
  [accessState.standby]: "standby",
  [accessState.unavailable]: "unavailable",
};

/** The commands for asymmetric access; units that are the same through all ports have none of them. */
export const portGroupCommands: readonly Command[] = [
  command({
    name: "REPORT TARGET PORT GROUPS",
    spec: "SPC-5 §6.36",
    usage: "a3 ea 00 00 00 00 ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "in",
    access: "free",
    supported: ({ portGroups }) => portGroups !== undefined,
    run: report,
  }),
  command({
    name: "SET TARGET PORT GROUPS",
    spec: "SPC-5",
    usage: "a4 0a 00 00 00 00 ff ff ff ff 00 00",
    hasServiceAction: true,
    data: "gather",
    access: "write",
    supported: ({ portGroups }) => portGroups?.explicit === true,
    plan(task) {
      task.transferLength = portGroupsCdb.length.get(task.cdb);
    },
    run: set,
  }),
];

function report(task: ScsiTask, { portGroups }: LogicalUnit): void {
  const wanted = portGroupsCdb.format.get(task.cdb);
  if (wanted > format.extended) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 7 } });
  const groups = portGroups?.groups ?? [];
  const header = wanted === format.extended ? extendedHeader : shortHeader;
  const size = groups.reduce((sum, { ports }) => sum + groupDescriptor.size + ports.length * portDescriptor.size, 0);
  const data = new Uint8Array(header.size + size);
  header.length.set(data, data.length - 4);
  if (wanted === format.extended) extendedHeader.format.set(data, format.extended);
  let at = header.size;
  for (const group of groups) at = encodeGroup(data, at, group);
  answer(task, data, portGroupsCdb.length.get(task.cdb));
}

function encodeGroup(data: Uint8Array, at: number, { id, preferred, state, changed, ports }: PortGroup): number {
  groupDescriptor.encode(
    {
      preferred,
      state: accessState[state],
      transitioningSupported: true,
      unavailableSupported: true,
      standbySupported: true,
      nonOptimizedSupported: true,
      optimizedSupported: true,
      group: id,
      status: changed,
      ports: ports.length,
    },
    data,
    at,
  );
  at += groupDescriptor.size;
  for (const { relativeId } of ports) {
    portDescriptor.relativeId.set(data, relativeId, at);
    at += portDescriptor.size;
  }
  return at;
}

/** All descriptors are checked before the first takes effect. */
function set(task: ScsiTask, { portGroups }: LogicalUnit): void {
  const { data } = task;
  if (portGroups === undefined) return;
  if (data.length < setHeaderSize || (data.length - setHeaderSize) % setDescriptor.size !== 0) {
    throw new ScsiError(sense.parameterListLengthError);
  }
  const changes: [group: number, state: AccessState][] = [];
  for (let at = setHeaderSize; at < data.length; at += setDescriptor.size) changes.push(parse(data, at, portGroups));
  for (const [group, state] of changes) portGroups.set(group, state, stateChange.explicit, task.nexus);
}

function parse(data: Uint8Array, at: number, portGroups: PortGroups): [group: number, state: AccessState] {
  const state = settable[setDescriptor.state.get(data, at)];
  if (state === undefined) throw invalid({ byte: at, bit: 3 });
  const group = setDescriptor.group.get(data, at);
  if (!portGroups.groups.some(({ id }) => id === group)) throw invalid({ byte: at + setDescriptor.group.offset });
  return [group, state];
}

function invalid(pointer: { byte: number; bit?: number }): ScsiError {
  return new ScsiError(sense.invalidFieldInParameterList, { pointer: { ...pointer, inData: true } });
}
