/** PERSISTENT RESERVE OUT and IN as initiators send them. */

import { encodeHex } from "../../lib/bytes/encoding.ts";
import { readU16, readU32, writeU16, writeU32 } from "../../lib/bytes/layout.ts";
import { moveParameters, reserveOutParameters } from "../../lib/scsi/commands/persistent_reserve_out.ts";
import type { Nexus } from "../../lib/scsi/nexus.ts";
import { encodeTransportId } from "../../lib/scsi/transport_id.ts";
import type { FakeDevice, FakeResult } from "./fake_task.ts";

/** Service actions of PERSISTENT RESERVE OUT. */
export const action = {
  register: 0,
  reserve: 1,
  release: 2,
  clear: 3,
  preempt: 4,
  preemptAndAbort: 5,
  registerAndIgnore: 6,
  registerAndMove: 7,
} as const;

/** What a PERSISTENT RESERVE OUT says beside its service action; keys are numbers from 0 to 255. */
export interface ReserveOptions {
  readonly key?: number;
  readonly newKey?: number;
  readonly type?: number;
  readonly aptpl?: boolean;
  readonly allTargetPorts?: boolean;
  /** TransportIDs for SPEC_I_PT. */
  readonly ports?: Uint8Array;
}

/** A reservation key of eight bytes that all differ. */
export function keyBytes(key: number): Uint8Array {
  return key === 0 ? new Uint8Array(8) : Uint8Array.of(key, 1, 2, 3, 4, 5, 6, key);
}

/** The same as text. */
export function keyText(key: number): string {
  return encodeHex(keyBytes(key));
}

/** CDB and parameter list of PERSISTENT RESERVE OUT. */
export function reserveOut(serviceAction: number, options: ReserveOptions = {}): { cdb: number[]; list: Uint8Array } {
  const { key = 0, newKey = 0, type = 0, aptpl = false, allTargetPorts = false, ports } = options;
  const list = new Uint8Array(reserveOutParameters.size + (ports === undefined ? 0 : 4 + ports.length));
  reserveOutParameters.encode({
    key: keyBytes(key),
    newKey: keyBytes(newKey),
    specifyInitiatorPorts: ports !== undefined,
    allTargetPorts,
    aptpl,
  }, list);
  if (ports !== undefined) {
    writeU32(list, 24, ports.length);
    list.set(ports, 28);
  }
  return { cdb: reserveOutCdb(serviceAction, type, list.length), list };
}

/** CDB and parameter list of REGISTER AND MOVE to an initiator port. */
export function registerAndMove(
  to: string | Uint8Array,
  options: ReserveOptions & { readonly targetPort?: number; readonly unregister?: boolean },
): { cdb: number[]; list: Uint8Array } {
  const { key = 0, newKey = 0, aptpl = false, targetPort = 1, unregister = false } = options;
  const id = typeof to === "string" ? encodeTransportId(to) : to;
  const list = new Uint8Array(moveParameters.size + id.length);
  moveParameters.encode({
    key: keyBytes(key),
    newKey: keyBytes(newKey),
    unregister,
    aptpl,
    targetPort,
    transportIdLength: id.length,
  }, list);
  list.set(id, moveParameters.size);
  return { cdb: reserveOutCdb(action.registerAndMove, 0, list.length), list };
}

/** Sends a PERSISTENT RESERVE OUT and says how it ended: `good`, `conflict`, or the sense code. */
export async function persistent(
  device: FakeDevice,
  nexus: Nexus,
  serviceAction: number,
  options: ReserveOptions = {},
): Promise<string> {
  const { cdb, list } = reserveOut(serviceAction, options);
  return outcomeOf(await device.send(cdb, { dataOut: list }, nexus));
}

/** How a command ended: `good`, `conflict`, or the sense code. */
export function outcomeOf({ status, reason }: FakeResult): string {
  if (reason !== "") return reason;
  return status === 0 ? "good" : status === 0x18 ? "conflict" : `status ${status}`;
}

/** Keys and reservation as PERSISTENT RESERVE IN tells them, such as `1,2 1:5` for key 1 with type 5. */
export async function reservations(device: FakeDevice, nexus: Nexus = device.nexus): Promise<string> {
  const keys = await device.send([0x5e, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0], {}, nexus);
  const held = await device.send([0x5e, 1, 0, 0, 0, 0, 0, 0xff, 0xff, 0], {}, nexus);
  const list: number[] = [];
  for (let at = 8; at < 8 + readU32(keys.data, 4); at += 8) list.push(keys.data[at] as number);
  const reservation = held.data.length > 8 ? `${held.data[8]}:${held.data[21]}` : "none";
  return `${list.join()} ${reservation}`;
}

/** PRGENERATION. */
export async function generation(device: FakeDevice): Promise<number> {
  return readU32((await device.send([0x5e, 0, 0, 0, 0, 0, 0, 0, 8, 0])).data, 0);
}

/** The relative target port identifiers of READ FULL STATUS, by the names of the initiator ports. */
export function fullStatus(data: Uint8Array): { name: string; holder: boolean; type: number; targetPort: number }[] {
  const list = [];
  for (let at = 8; at < data.length;) {
    const length = readU32(data, at + 20);
    const name = new TextDecoder().decode(data.subarray(at + 28, at + 24 + length)).replace(/\0+$/, "");
    const holder = ((data[at + 12] as number) & 1) !== 0;
    list.push({ name, holder, type: data[at + 13] as number, targetPort: readU16(data, at + 18) });
    at += 24 + length;
  }
  return list;
}

/** The unit attention that a nexus hears next, or an empty text. */
export async function attention(device: FakeDevice, nexus: Nexus): Promise<string> {
  return (await device.send([0x00], {}, nexus)).reason;
}

function reserveOutCdb(serviceAction: number, type: number, length: number): number[] {
  const cdb = new Uint8Array(10);
  cdb.set([0x5f, serviceAction, type]);
  writeU16(cdb, 7, length);
  return [...cdb];
}
